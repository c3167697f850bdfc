//! A group has no member.
#![allow(dead_code)]

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service]
pub struct Clocks {
    all: Many<dyn IClock>,
}

#[container]
pub struct App {
    clocks: Clocks,
}

fn main() {}
