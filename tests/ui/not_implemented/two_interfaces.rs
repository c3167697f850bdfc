//! A service implements neither of the two interfaces that it provides.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[interface]
pub trait ITracer {}

#[service(provides = [IClock, ITracer])]
pub struct SystemClock;

#[container]
pub struct App {
    clock: SystemClock,
}

fn main() {}
