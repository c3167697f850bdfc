//! A member of a group does not implement its interface.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service]
pub struct SystemClock;

#[container]
pub struct App {
    #[many(dyn IClock)]
    clock: SystemClock,
}

fn main() {}
