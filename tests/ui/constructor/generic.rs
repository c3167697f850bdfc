//! Constructors with parameters of their own.
#![allow(unused_variables)]

use std::sync::Arc;

use di_core::{container, service};

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
    pub fn new(inner: impl Send) -> Self {
        Self
    }
}

#[container]
pub struct App {
    journal: Journal,
    market: Market,
}

fn main() {
    let _app = App::build(AppInputs {});
}
