//! A provider function whose value does not implement the interface that it says.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

pub struct SystemClock;

#[service(provides = IClock)]
fn clock() -> SystemClock {
    SystemClock
}

#[container]
pub struct App {
    #[provide(clock)]
    clock: dyn IClock,
}

fn main() {}
