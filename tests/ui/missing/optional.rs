//! An optional dependency is neither provided nor declared absent.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service]
pub struct Journal {
    clock: Option<Arc<dyn IClock>>,
}

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
