//! A provider function is listed for an interface, and does not say that it provides one.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
fn clock() -> SystemClock {
    SystemClock
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    #[provide(clock)]
    clock: dyn IClock,
    journal: Journal,
}

fn main() {}
