//! The caller supplies what a service provides.
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
    system: SystemClock,
    #[input]
    given: Arc<dyn IClock>,
}

fn now_ms(app: &App) -> u64 {
    app.get::<dyn IClock>().now_ms()
}

fn main() {}
