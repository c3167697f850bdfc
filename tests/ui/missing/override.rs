//! A fake provides less than what it stands in for.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

#[service]
pub struct FakeClock;

#[container(from = App, replace(clock = FakeClock))]
pub struct TestApp;

fn main() {}
