//! The service is there, but under a qualifier.
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

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

pub struct Primary;

#[container]
pub struct App {
    journal: Journal,
    #[qualified(Primary)]
    clock: SystemClock,
}

fn main() {}
