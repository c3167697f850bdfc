//! The service that lacks something is needed by a chain of others.
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

#[service]
pub struct Desk {
    market: Arc<Market>,
}

#[container]
pub struct App {
    desk: Desk,
    market: Market,
    journal: Journal,
}

fn main() {}
