//! An override says what only its original can say.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct Clock;

impl IClock for Clock {}

#[service(provides = IClock)]
pub struct FakeClock;

impl IClock for FakeClock {}

#[container]
pub struct App {
    clock: Clock,
}

#[container(from = App, provides = IClock, register = interface, max_coupling = 0, replace(clock = FakeClock))]
pub struct TestApp;

fn main() {}
