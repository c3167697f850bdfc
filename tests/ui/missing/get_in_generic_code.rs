//! Generic code asks a container for what it does not export.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

use di_core::Provides;

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[container]
pub struct App {
    clock: SystemClock,
}

fn clock_of<C: Provides<dyn IClock>>(container: &C) -> Arc<dyn IClock> {
    container.shared()
}

fn main() {
    let app = App::build(AppInputs {});
    let _ = clock_of(&app);
}
