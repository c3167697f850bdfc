//! Two interfaces, each with two services.
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

#[interface]
pub trait ITracer {}

#[service(provides = ITracer)]
pub struct Tracer;

impl ITracer for Tracer {}

#[service(provides = ITracer)]
pub struct Quiet;

impl ITracer for Quiet {}

#[container]
pub struct App {
    system: SystemClock,
    fake: FakeClock,
    tracer: Tracer,
    quiet: Quiet,
}

fn main() {}
