//! An input and the value of a function that stand in a box.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

pub struct SystemClock;

impl IClock for SystemClock {}

#[interface]
pub trait ITracer {}

#[service]
fn clock() -> Box<dyn IClock> {
    Box::new(SystemClock)
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
    tracer: Arc<dyn ITracer>,
}

#[container]
pub struct App {
    #[provide(clock)]
    clock: Box<dyn IClock>,
    #[input]
    tracer: Box<dyn ITracer>,
    journal: Journal,
}

fn main() {}
