//! A trade.

use std::fmt;

use crate::model::{Price, Quantity, Symbol, Timestamp};

/// The side of the one who took, not of the one who waited in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The taker bought.
    Buy,
    /// The taker sold.
    Sell,
}

/// One execution, as its venue published it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// What was traded.
    pub symbol: Symbol,
    /// The venue's number for it, rising within the symbol.
    pub id: u64,
    /// At which price, in quote currency.
    pub price: Price,
    /// How much, in base currency.
    pub quantity: Quantity,
    /// Who took.
    pub side: Side,
    /// When, by the venue's clock.
    pub time: Timestamp,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        })
    }
}
