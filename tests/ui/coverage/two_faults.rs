//! Too few services answer an interface, and too many dependencies name a concrete type.
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

#[container(interface_coverage = 95, max_coupling = 20)]
pub struct App {
    journal: Journal,
    clock: SystemClock,
}

fn main() {}
