//! An override replaces one field with two services.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Clock;

#[service]
pub struct FakeClock;

#[service]
pub struct SlowClock;

#[container]
pub struct App {
    clock: Clock,
}

#[container(from = App, replace(clock = FakeClock, clock = SlowClock))]
pub struct TestApp;

fn main() {}
