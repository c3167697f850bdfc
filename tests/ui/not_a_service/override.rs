//! An override puts a type that is not a service in the place of one.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct SystemClock;

#[container]
pub struct App {
    clock: SystemClock,
}

pub struct FakeClock;

#[container(from = App, replace(clock = FakeClock))]
pub struct TestApp;

fn main() {}
