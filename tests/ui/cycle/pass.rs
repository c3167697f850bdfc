//! One of them finds the other later.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::dependency::Lazy;
use di_core::{container, service};

#[service]
pub struct Engine {
    monitor: Arc<Monitor>,
}

#[service]
pub struct Monitor {
    alerts: Arc<Alerts>,
}

#[service]
pub struct Alerts {
    engine: Lazy<Engine>,
}

#[container]
pub struct App {
    engine: Engine,
    monitor: Monitor,
    alerts: Alerts,
}

fn main() {}
