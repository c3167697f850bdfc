//! A service asks for a type that cannot be injected.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::service;

#[service]
pub struct Journal {
    name: Arc<String>,
    depth: usize,
}

fn main() {}
