//! The concrete key does not answer any more.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[service]
pub struct Journal {
    clock: Arc<SystemClock>,
}

#[container(register = interface)]
pub struct App {
    #[register(dual)]
    journal: Journal,
    clock: SystemClock,
}

fn main() {}
