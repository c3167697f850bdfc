//! A service asks for a type that cannot be injected; the container that lists it has no fault of its own.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Journal {
    name: Arc<String>,
    depth: usize,
}

#[container]
pub struct App {
    journal: Journal,
    #[input]
    name: String,
}

fn main() {
    let _app = App::build(AppInputs { name: String::new() });
}
