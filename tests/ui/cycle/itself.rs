//! A service needs itself.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Engine {
    engine: Arc<Engine>,
}

#[container]
pub struct App {
    engine: Engine,
}

fn main() {}
