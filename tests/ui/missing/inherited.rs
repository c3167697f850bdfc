//! The container around a module does not have what the module inherits.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[container]
pub struct Module {
    #[inherit]
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    #[module]
    module: Module,
}

fn main() {}
