//! A key does not exist, and the graph has a fault, too: each is told once.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {}

#[service]
pub struct Market {
    clock: Arc<dyn IClock>,
}

#[container(buld = async)]
pub struct App {
    market: Market,
}

fn main() {}
