//! Two keys are missing, one of them for two services.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[interface]
pub trait ITracer {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[service]
pub struct Market {
    journal: Arc<Journal>,
    clock: Arc<dyn IClock>,
    tracer: Arc<dyn ITracer>,
}

#[container]
pub struct App {
    market: Market,
    journal: Journal,
}

fn main() {}
