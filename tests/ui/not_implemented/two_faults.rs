//! A service implements neither the interface that it provides, nor `Close`, which it says.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock, close)]
pub struct SystemClock;

#[container]
pub struct App {
    clock: SystemClock,
}

fn main() {}
