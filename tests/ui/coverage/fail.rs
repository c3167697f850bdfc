//! Too few services answer an interface.
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

#[container(interface_coverage = 95)]
pub struct App {
    journal: Journal,
    clock: SystemClock,
}

fn main() {}
