//! The service says `lifecycle`, and `Lifecycle` is not implemented.
#![allow(dead_code)]

use di_core::{container, service};

#[service(lifecycle)]
pub struct Journal;

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
