//! A candle: what happened to a price within one timeframe.

use std::time::Duration;

use crate::model::{Price, Quantity, Timestamp};

/// What happened to a price within one timeframe.
///
/// A candle without trades is flat at the previous close and has zero volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candle {
    /// When it began; it ends one timeframe later, that moment excluded.
    pub open_time: Timestamp,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// The sum of the quantities, in base currency.
    pub volume: Quantity,
    /// How many trades; zero in a flat candle.
    pub trades: u64,
    /// How many of these have a price that is doubtful; they are in the candle all the same.
    pub doubtful: u64,
}

impl Candle {
    /// The flat candle of a timeframe in which nothing was traded.
    pub fn flat(open_time: Timestamp, price: Price) -> Self {
        let volume = Quantity::ZERO;
        Self { open_time, open: price, high: price, low: price, close: price, volume, trades: 0, doubtful: 0 }
    }
}

/// A candle as its venue publishes it, while it forms and when it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleUpdate {
    /// How long it lasts; venues have more lengths than [`Timeframe`](crate::model::Timeframe).
    pub interval: Duration,
    /// The candle until now.
    pub candle: Candle,
    /// Whether nothing of it will change any more.
    pub closed: bool,
    /// When it was said, by the venue's clock.
    pub time: Option<Timestamp>,
}
