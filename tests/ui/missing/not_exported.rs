//! The service is in a module that does not export it.
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
    clock: Arc<dyn IClock>,
}

#[container]
pub struct Time {
    clock: SystemClock,
}

#[container]
pub struct App {
    journal: Journal,
    #[module]
    time: Time,
}

fn main() {}
