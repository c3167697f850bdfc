//! An interface is declared absent under one name, and provided under another.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

use IClock as Time;

#[service]
pub struct Journal {
    time: Option<Arc<dyn Time>>,
}

#[container]
#[absent(dyn Time)]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

fn main() {}
