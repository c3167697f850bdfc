//! The binding is an entry, or its field says that it may be unused.
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
    #[entry]
    journal: Journal,
    #[allow(unused)]
    alerts: Alerts,
}

fn main() {}
