//! An input that is listed like a service; that it is taken out is no second fault.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    clock: Arc<dyn IClock>,
    journal: Journal,
}

fn main() {
    let app = App::build(AppInputs {});
    let _: (&Journal, &dyn IClock) = (app.get(), app.get());
}
