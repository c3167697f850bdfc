//! The venue's own statement of the best prices.

use crate::model::{BookTop, Level, Symbol};

/// The best bid and ask as the venue publishes them, apart from the book's diffs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookTicker {
    /// Of which instrument.
    pub symbol: Symbol,
    /// The number of the change after which this holds; the book at the same number must have the same top.
    pub update_id: u64,
    /// The highest price that somebody pays.
    pub bid: Level,
    /// The lowest price at which somebody sells.
    pub ask: Level,
}

impl BookTicker {
    /// The same as a top of a book, for comparing.
    pub fn top(&self) -> BookTop {
        BookTop { bid: Some(self.bid), ask: Some(self.ask) }
    }
}
