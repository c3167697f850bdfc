//! A transient provides what a service provides that is kept.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service(provides = IClock)]
pub struct FakeClock;

impl IClock for FakeClock {}

#[container]
pub struct App {
    system: SystemClock,
    #[transient]
    fake: FakeClock,
}

fn main() {}
