//! A factory of a scope without inputs is asked for with an argument.
use di_core::dependency::Factory;
use di_core::{container, service};

#[service]
pub struct Book;

#[container]
pub struct SymbolScope {
    book: Book,
}

#[service]
pub struct Desk {
    _scopes: Factory<SymbolScope, (String,)>,
}

#[container]
pub struct App {
    #[scope]
    symbol: SymbolScope,
    desk: Desk,
}

fn main() {}
