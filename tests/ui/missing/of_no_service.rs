//! What is listed is not a service, and who knows what it would provide.
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
