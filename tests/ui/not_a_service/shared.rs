//! A field has the type of a dependency.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[container]
pub struct App {
    clock: Arc<dyn IClock>,
}

fn main() {}
