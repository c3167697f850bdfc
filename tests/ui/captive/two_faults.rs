//! Two services of a scope are needed by singletons.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Book {
    symbol: Arc<String>,
}

#[service]
pub struct Quote {
    book: Arc<Book>,
}

#[service]
pub struct Desk {
    book: Arc<Book>,
}

#[service]
pub struct Market {
    quote: Arc<Quote>,
}

#[container]
pub struct SymbolScope {
    #[input]
    symbol: String,
    book: Book,
    quote: Quote,
}

#[container]
pub struct App {
    desk: Desk,
    market: Market,
    #[scope]
    symbol: SymbolScope,
}

fn main() {}
