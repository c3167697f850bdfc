//! A scope per symbol, made on demand by a singleton: what lives per symbol, and what all symbols share.
//!
//! `cargo run -p di-core --example scopes_and_factories`

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::dependency::Factory;
use di_core::{container, service};

/// Shared by all symbols.
#[service]
#[derive(Debug)]
struct Ids {
    #[inject(default)]
    last: AtomicU64,
}

/// One per symbol.
#[service]
struct Book {
    symbol: Arc<String>,
    ids: Arc<Ids>,
}

impl Book {
    fn order(&self, quantity: u32) -> String {
        let id = self.ids.last.fetch_add(1, Ordering::Relaxed) + 1;
        format!("order {id}: {quantity} {}", self.symbol)
    }
}

/// What exists for one symbol.
#[container]
struct SymbolScope {
    #[inherit]
    ids: Arc<Ids>,
    /// The symbol.
    #[input]
    symbol: String,
    book: Book,
}

/// Opens a book for each symbol.
#[service]
struct Desk {
    scopes: Factory<SymbolScope, (SymbolScopeInputs,)>,
}

/// What exists once.
#[container]
struct App {
    ids: Ids,
    #[scope]
    symbol: SymbolScope,
    desk: Desk,
}

fn main() -> std::io::Result<()> {
    let app = App::build(AppInputs {});
    let desk: &Desk = app.get();
    let mut out = std::io::stdout().lock();
    for symbol in ["BTCUSDT", "ETHUSDT"] {
        let scope = desk.scopes.make((SymbolScopeInputs { symbol: symbol.to_owned() },));
        writeln!(out, "{}", scope.get::<Book>().order(3))?;
    }
    Ok(())
}
