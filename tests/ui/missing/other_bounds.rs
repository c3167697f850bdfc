//! `dyn IClock` and `dyn IClock + Send + Sync` are two types.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock + Send + Sync>,
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

fn main() {}
