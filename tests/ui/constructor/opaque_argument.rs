//! A constructor takes some type that implements a trait.
#![allow(dead_code)]

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
    pub fn new(_clock: Arc<impl IClock>) -> Self {
        Self
    }
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
}

fn main() {}
