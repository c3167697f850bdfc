//! The watch of one symbol, and the maker of watches.

use std::sync::Arc;

use crate::model::{InstrumentId, MarketEvent};
use crate::ports::{Ingested, MarketView, SymbolHealth};

/// Watches one symbol and raises alerts about it.
#[di_core::interface]
pub trait ISymbolWatch {
    /// Looks at one message about the symbol, and at what came of it.
    fn observe(&self, event: &MarketEvent, ingested: &Ingested);

    /// Looks at how long the symbol has been silent, and how long its book has waited; when messages are over, no matter how
    /// long.
    fn check(&self, view: &MarketView, is_over: bool);

    /// How the symbol is.
    fn health(&self) -> SymbolHealth;
}

/// Makes watches, each in a scope of its own.
#[di_core::interface]
pub trait ISymbolWatches {
    /// A watch that has seen nothing of `instrument`.
    fn make(&self, instrument: &InstrumentId) -> Arc<dyn ISymbolWatch>;
}
