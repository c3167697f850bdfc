//! A service does not implement what it provides.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock;

#[container]
pub struct App {
    clock: SystemClock,
}

fn main() {}
