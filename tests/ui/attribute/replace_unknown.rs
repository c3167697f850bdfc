//! An override replaces a field that does not exist.
#![allow(dead_code)]

use di_core::{container, service};

#[service]
pub struct Clock;

#[service]
pub struct FakeClock;

#[container]
pub struct App {
    clock: Clock,
}

#[container(from = App, replace(clok = FakeClock))]
pub struct TestApp;

fn main() {}
