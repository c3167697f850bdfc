//! Order books as venues publish them: snapshots, changes, best prices.

use rust_decimal::Decimal;

use crate::model::{Levels, Price, Quantity, Timestamp};

/// One price of a book and all that waits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// The price.
    pub price: Price,
    /// What waits there; zero removes the level.
    pub quantity: Quantity,
}

/// A whole book at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookSnapshot {
    /// The venue's number of the last change that is included.
    pub last_update_id: u64,
    /// Buyers, in any order.
    pub bids: Levels,
    /// Sellers, in any order.
    pub asks: Levels,
    /// When, by the venue's clock, where it says so.
    pub time: Option<Timestamp>,
    /// How it was obtained.
    pub origin: SnapshotOrigin,
}

/// How a snapshot was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnapshotOrigin {
    /// The venue sent it in the stream of changes, in its place: the book begins again with it, whatever its number is.
    Stream,
    /// It has the first levels only. Where changes of the whole book come, it says nothing new.
    Partial,
    /// It was asked for, and may be older or newer than the changes around it: its number decides.
    Request,
}

/// What changed in a book: absolute quantities, not differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookDiff {
    /// The venue's number of the first change in it (Binance `U`, Bybit `u`).
    pub first_update_id: u64,
    /// The venue's number of the last change in it (`u`).
    pub last_update_id: u64,
    /// The number of the last change before it, where the venue says so (Binance USD-M `pu`): it is then the rule.
    pub previous_update_id: Option<u64>,
    /// Changed buyers.
    pub bids: Levels,
    /// Changed sellers.
    pub asks: Levels,
    /// When, by the venue's clock.
    pub time: Timestamp,
}

/// The best of both sides; a side is `None` when nobody waits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookTop {
    /// The highest price that somebody pays.
    pub bid: Option<Level>,
    /// The lowest price at which somebody sells.
    pub ask: Option<Level>,
}

/// The best levels of both sides, the best first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookDepth {
    /// Buyers, the highest price first.
    pub bids: Vec<Level>,
    /// Sellers, the lowest price first.
    pub asks: Vec<Level>,
}

impl BookTop {
    /// The price in the middle of both sides; `None` when one has nobody.
    pub fn middle(&self) -> Option<Price> {
        let (bid, ask) = (self.bid?.price.value(), self.ask?.price.value());
        Price::new(bid.checked_add(ask)?.checked_div(Decimal::TWO)?).ok()
    }

    /// Whether somebody pays at least what somebody else asks; in a consistent book this never happens.
    pub fn is_crossed(&self) -> bool {
        matches!((self.bid, self.ask), (Some(bid), Some(ask)) if bid.price >= ask.price)
    }
}
