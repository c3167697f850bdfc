//! Inputs answer what other inputs or a group do.
use std::sync::Arc;

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service]
pub struct SystemClock;

impl IClock for SystemClock {}

#[container]
pub struct App {
    #[input]
    name: String,
    #[input]
    shared: Arc<String>,
    #[input]
    clock: Arc<dyn IClock>,
    #[input]
    perhaps: Option<Arc<dyn IClock>>,
    #[many(dyn IClock, key = "system")]
    system: SystemClock,
    #[input]
    clocks: Many<dyn IClock>,
}

fn main() {}
