//! The service says `health`, and `HealthCheck` is not implemented.
#![allow(dead_code)]

use di_core::{container, service};

#[service(health(external))]
pub struct Journal;

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
