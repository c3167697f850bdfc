//! A field is an `Rc`: it cannot be injected, and its service cannot be shared between threads, which is one fault.
#![allow(dead_code)]

use std::rc::Rc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
pub struct Journal {
    clock: Rc<dyn IClock>,
    concrete: Rc<SystemClock>,
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

fn main() {
    let app = App::build(AppInputs {});
    let _: &Journal = app.get();
}
