//! A provider function returns an interface that stands behind no pointer.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service]
fn clock() -> dyn IClock {
    unimplemented!()
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

#[container]
pub struct App {
    #[provide(clock)]
    clock: dyn IClock,
    journal: Journal,
}

fn main() {}
