//! An override that does not say `replace` replaces nothing: here it adds a second clock.
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

#[service]
pub struct Quiet;

#[container]
pub struct App {
    system: SystemClock,
    quiet: Quiet,
}

#[container(from = App, replace(quiet = FakeClock))]
pub struct TestApp;

fn main() {}
