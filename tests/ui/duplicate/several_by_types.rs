//! Two services answer what is asked for under another name.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service(provides = IClock)]
pub struct Offset;

impl IClock for Offset {}

use IClock as Time;

#[service]
pub struct Journal {
    time: Arc<dyn Time>,
}

#[container]
pub struct App {
    clock: SystemClock,
    #[register(interface)]
    offset: Offset,
    journal: Journal,
}

fn main() {}
