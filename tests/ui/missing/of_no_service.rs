//! A listed type is not a service, so that it may provide anything.
use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

pub struct Quartz;

impl IClock for Quartz {}

#[service]
pub struct Journal {
    _clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    clock: Quartz,
    journal: Journal,
}

fn main() {}
