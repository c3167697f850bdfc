//! A transient and a service of one interface, for which somebody asks.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service(provides = IClock)]
pub struct FakeClock;

impl IClock for FakeClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    #[transient]
    system: SystemClock,
    fake: FakeClock,
    journal: Journal,
}

fn main() {}
