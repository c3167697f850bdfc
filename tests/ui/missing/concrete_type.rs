//! A concrete type is missing.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Clock;

#[service]
pub struct Journal {
    clock: Arc<Clock>,
}

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
