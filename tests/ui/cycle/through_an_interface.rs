//! A cycle through an interface, beside a service that has no part in it.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock {
    journal: Arc<Journal>,
}

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
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
    journal: Journal,
    clock: SystemClock,
}

fn main() {}
