//! A dependency that is found later must exist, too.
#![allow(dead_code)]

use di_core::dependency::Lazy;
use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service]
pub struct Journal {
    clock: Lazy<dyn IClock>,
}

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
