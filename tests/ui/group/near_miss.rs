//! A service provides the interface, but is no member.
#![allow(dead_code)]

use di_core::dependency::Many;
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
pub struct Clocks {
    all: Many<dyn IClock>,
}

#[container]
pub struct App {
    clocks: Clocks,
    system: SystemClock,
}

fn main() {}
