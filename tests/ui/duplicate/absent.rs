//! An interface that is declared absent has a provider.
use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
pub struct Journal {
    _clock: Option<Arc<dyn IClock>>,
}

#[container]
#[absent(dyn IClock)]
pub struct App {
    system: SystemClock,
    journal: Journal,
}

fn main() {
    let _app = App::build(AppInputs {});
}
