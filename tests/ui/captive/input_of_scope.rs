//! A singleton needs what the caller of a scope supplies.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Desk {
    symbol: Arc<String>,
}

#[container]
pub struct SymbolScope {
    #[input]
    symbol: String,
}

#[container]
pub struct App {
    desk: Desk,
    #[scope]
    symbol: SymbolScope,
}

fn main() {}
