//! A module is one node: what it exports needs what it inherits.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock {
    journal: Arc<Journal>,
}

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container(provides = [IClock])]
pub struct Time {
    #[inherit]
    journal: Arc<Journal>,
    clock: SystemClock,
}

#[container]
pub struct App {
    #[module]
    time: Time,
    journal: Journal,
}

fn main() {}
