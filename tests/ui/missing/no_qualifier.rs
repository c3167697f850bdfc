//! The service is there, but without the qualifier that is asked for.
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

pub struct Primary;

#[service]
pub struct Journal {
    #[inject(qualified = Primary)]
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    journal: Journal,
    clock: SystemClock,
}

fn main() {}
