//! A caller asks for a share of what the container does not have.
#![allow(dead_code)]

use std::sync::Arc;

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
    let _tracer: Arc<dyn ITracer> = app.shared();
}
