//! A transient lacks something; who needs the transient does not lack it.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[service]
pub struct Market {
    journal: Arc<Journal>,
}

#[container]
pub struct App {
    market: Market,
    #[transient]
    journal: Journal,
}

fn main() {}
