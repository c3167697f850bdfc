//! An optional dependency under a qualifier, where something provides the interface without one.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait ITracer {}

#[service(provides = ITracer)]
pub struct Tracer;

impl ITracer for Tracer {}

pub struct Audit;

#[service]
pub struct Desk {
    #[inject(qualified = Audit)]
    tracer: Option<Arc<dyn ITracer>>,
}

#[container]
pub struct App {
    tracer: Tracer,
    desk: Desk,
}

fn main() {}
