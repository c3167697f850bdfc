//! A module exports what a service provides.
#![allow(dead_code)]

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[service(provides = IClock)]
pub struct FakeClock;

impl IClock for FakeClock {
    fn now_ms(&self) -> u64 {
        2
    }
}

#[container(provides = [IClock])]
pub struct Time {
    fake: FakeClock,
}

#[container]
pub struct App {
    system: SystemClock,
    #[module]
    time: Time,
}

fn now_ms(app: &App) -> u64 {
    app.get::<dyn IClock>().now_ms()
}

fn main() {}
