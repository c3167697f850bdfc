//! A field says that its concrete key is being wound down.
#![allow(dead_code)]
#![deny(deprecated)]

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

#[container]
pub struct App {
    journal: Journal,
    #[register(dual, deprecated)]
    clock: SystemClock,
}

fn main() {}
