//! It makes a scope where it needs one.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::dependency::Factory;
use di_core::{container, service};

#[service]
pub struct Book {
    symbol: Arc<String>,
}

#[service]
pub struct Desk {
    symbols: Factory<SymbolScope, (SymbolScopeInputs,)>,
}

#[container]
pub struct SymbolScope {
    #[input]
    symbol: String,
    book: Book,
}

#[container]
pub struct App {
    desk: Desk,
    #[scope]
    symbol: SymbolScope,
}

fn main() {}
