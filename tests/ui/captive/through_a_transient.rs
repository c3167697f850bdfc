//! A singleton holds a transient that needs what exists only in a scope.
#![allow(dead_code)]

use std::sync::Arc;

use di_core::{container, service};

#[service]
pub struct Book {
    symbol: Arc<String>,
}

#[service]
pub struct Ticket {
    book: Arc<Book>,
}

#[service]
pub struct Desk {
    ticket: Arc<Ticket>,
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
    #[transient]
    ticket: Ticket,
    #[scope]
    symbol: SymbolScope,
}

fn main() {}
