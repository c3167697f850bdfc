//! Nothing needs a binding of a container that names its entries.
#![allow(dead_code)]
#![deny(deprecated)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct SystemClock;

#[service]
pub struct Engine {
    _clock: Arc<SystemClock>,
}

#[service]
pub struct Journal;

#[service]
pub struct Alerts;

#[container]
pub struct App {
    #[entry]
    engine: Engine,
    clock: SystemClock,
    journal: Journal,
}

fn main() {}
