//! A group of the container's own, and one that the caller supplies.
#![allow(dead_code)]

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service]
pub struct SystemClock;

impl IClock for SystemClock {}

#[container]
pub struct App {
    #[many(dyn IClock)]
    system: SystemClock,
    #[input]
    clocks: Many<dyn IClock>,
}

fn main() {}
