//! Two fields are not services, and would answer what is asked for: the consumer is not to blame.
use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[interface]
pub trait ITracer {}

pub struct LogTracer;

impl ITracer for LogTracer {}

#[service]
pub struct Journal {
    _clock: Arc<dyn IClock>,
    _tracer: Arc<dyn ITracer>,
}

#[container]
pub struct App {
    clock: Arc<dyn IClock>,
    tracer: LogTracer,
    journal: Journal,
}

fn main() {}
