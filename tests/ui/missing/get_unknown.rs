//! A caller asks for what the container does not have.
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

#[container]
pub struct App {
    clock: SystemClock,
}

#[interface]
pub trait ITracer {}

fn main() {
    let app = App::build(AppInputs {});
    let _clock: &dyn IClock = app.get();
    let _tracer: &dyn ITracer = app.get();
}
