//! The forms of a dependency in other containers: each has another one here.
#![allow(dead_code)]

use std::sync::{Arc, Weak};

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {}

#[service]
pub struct Journal {
    boxed: Box<dyn IClock>,
    several: Vec<Arc<dyn IClock>>,
    maybe: Option<SystemClock>,
    later: Weak<SystemClock>,
}

pub struct Books;

#[service]
impl Books {
    #[constructor]
    pub fn new(_clock: &SystemClock) -> Self {
        Self
    }
}

#[container]
pub struct App {
    clock: SystemClock,
    journal: Journal,
    books: Books,
}

fn main() {}
