//! Two keys are wrong: one is misspelt, one stands twice.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock, provides = IClock, clos)]
pub struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[container]
pub struct App {
    clock: SystemClock,
}

fn main() {}
