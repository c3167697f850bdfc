//! One of them stands under a qualifier.
#![allow(dead_code)]

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

#[service(provides = IClock)]
pub struct FakeClock;

impl IClock for FakeClock {
    fn now_ms(&self) -> u64 {
        2
    }
}

pub struct Fake;

#[container]
pub struct App {
    system: SystemClock,
    #[qualified(Fake)]
    fake: FakeClock,
}

fn main() {}
