//! A member of a group needs who needs the group.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock {
    clocks: Arc<Clocks>,
}

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[service]
pub struct Clocks {
    all: Many<dyn IClock>,
}

#[container]
pub struct App {
    clocks: Clocks,
    #[many(dyn IClock)]
    system: SystemClock,
}

fn main() {}
