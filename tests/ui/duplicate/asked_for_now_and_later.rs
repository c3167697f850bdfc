//! The types could decide for the one, the text alone decides for the other: it is one fault.

use di_core::dependency::Lazy;
use di_core::{container, interface, service};
use std::sync::Arc;

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service(provides = IClock)]
pub struct TestClock;

impl IClock for TestClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[service]
pub struct Monitor {
    clock: Lazy<dyn IClock>,
}

#[container]
pub struct App {
    system: SystemClock,
    test: TestClock,
    journal: Journal,
    monitor: Monitor,
}

fn main() {}
