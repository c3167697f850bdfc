//! An optional dependency is asked for under an alias, and nothing provides it.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

type MaybeClock = Option<Arc<dyn IClock>>;

#[service]
pub struct Journal {
    clock: MaybeClock,
}

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
