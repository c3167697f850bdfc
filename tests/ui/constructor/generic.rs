//! Constructors with parameters of their own.
#![allow(unused_variables)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

pub struct Journal;

#[service]
impl Journal {
    #[constructor]
    pub fn new<T: Send>(inner: Arc<T>) -> Self {
        Self
    }
}

pub struct Market;

#[service]
impl Market {
    #[constructor]
    pub fn new(clock: impl IClock) -> Self {
        Self
    }
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
    market: Market,
}

fn main() {
    let _app = App::build(AppInputs {});
}
