//! An interface is listed.
use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service]
pub struct Journal {
    _clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    clock: dyn IClock,
    journal: Journal,
}

fn main() {
    let app = App::build(AppInputs {});
    let _: (&dyn IClock, Arc<Journal>) = (app.get(), app.shared());
}
