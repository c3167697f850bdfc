//! A missing dependency is asked for under an alias.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

type Name = Arc<String>;

#[service]
pub struct Journal {
    name: Name,
}

#[container]
pub struct App {
    journal: Journal,
}

fn main() {}
