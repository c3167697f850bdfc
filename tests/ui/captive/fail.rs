//! A singleton needs what exists only in a scope.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Book {
    symbol: Arc<String>,
}

#[service]
pub struct Desk {
    book: Arc<Book>,
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
