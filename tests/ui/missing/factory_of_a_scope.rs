//! A factory of a scope is asked for without the scope's inputs.
use di_core::dependency::Factory;
use di_core::{container, service};

#[container]
pub struct SymbolScope {
    #[input]
    symbol: String,
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
