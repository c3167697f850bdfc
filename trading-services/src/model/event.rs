//! Messages of venues.

use crate::model::{BookDiff, BookSnapshot, BookTicker, Symbol, Timestamp, Trade};

/// One message of a venue and when it arrived here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketEvent {
    /// When it was received, by the receiver's clock: this drives simulated and replayed time.
    pub received: Timestamp,
    /// What it says.
    pub kind: EventKind,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A whole book.
    Snapshot(BookSnapshot),
    /// A change of a book.
    Diff(BookDiff),
    /// A trade.
    Trade(Trade),
    /// The venue's own statement of the best prices.
    BookTicker(BookTicker),
}

impl MarketEvent {
    /// The instrument that it is about.
    pub fn symbol(&self) -> &Symbol {
        match &self.kind {
            EventKind::Snapshot(snapshot) => &snapshot.symbol,
            EventKind::Diff(diff) => &diff.symbol,
            EventKind::Trade(trade) => &trade.symbol,
            EventKind::BookTicker(ticker) => &ticker.symbol,
        }
    }

    /// When it happened by the venue's clock, where the message says so.
    pub fn venue_time(&self) -> Option<Timestamp> {
        match &self.kind {
            EventKind::Diff(diff) => Some(diff.time),
            EventKind::Trade(trade) => Some(trade.time),
            EventKind::Snapshot(_) | EventKind::BookTicker(_) => None,
        }
    }
}
