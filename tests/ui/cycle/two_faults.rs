//! Two cycles that have nothing in common.
#![allow(dead_code)]

use std::sync::Arc;

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
    engine: Arc<Engine>,
}

#[service]
pub struct Left {
    right: Arc<Right>,
}

#[service]
pub struct Right {
    left: Arc<Left>,
}

#[container]
pub struct App {
    engine: Engine,
    monitor: Monitor,
    alerts: Alerts,
    left: Left,
    right: Right,
}

fn main() {}
