//! The venue's own statements of the market: best prices, statistics of a day.

use rust_decimal::Decimal;

use crate::model::{BookTop, Level, Price, Timestamp};

/// The best bid and ask as the venue publishes them, apart from the book's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookTicker {
    /// The number of the change after which this holds, where the venue has one: the book at the same number must have
    /// the same top.
    pub update_id: Option<u64>,
    /// The highest price that somebody pays; `None` when nobody does.
    pub bid: Option<Level>,
    /// The lowest price at which somebody sells; `None` when nobody does.
    pub ask: Option<Level>,
    /// When, by the venue's clock.
    pub time: Option<Timestamp>,
}

/// Statistics that a venue publishes of an instrument; `None` where it does not say, or says only that nothing changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticker {
    /// When, by the venue's clock.
    pub time: Option<Timestamp>,
    /// The price of the last trade.
    pub last: Option<Price>,
    /// The best bid.
    pub bid: Option<Level>,
    /// The best ask.
    pub ask: Option<Level>,
    /// The first price of the last 24 hours.
    pub open: Option<Price>,
    /// The highest price of the last 24 hours.
    pub high: Option<Price>,
    /// The lowest price of the last 24 hours.
    pub low: Option<Price>,
    /// What was traded within 24 hours, in base currency or in contracts.
    pub volume: Option<Decimal>,
    /// The same in quote currency.
    pub turnover: Option<Decimal>,
    /// How far the price has moved within 24 hours, in percent.
    pub change_percent: Option<Decimal>,
    /// The mark price of a derivative.
    pub mark: Option<Price>,
    /// The price of the index behind a derivative.
    pub index: Option<Price>,
    /// The rate of the next funding, as a fraction.
    pub funding_rate: Option<Decimal>,
    /// When the next funding is paid.
    pub funding_time: Option<Timestamp>,
    /// Contracts that are open, in base currency or in contracts.
    pub open_interest: Option<Decimal>,
}

impl BookTicker {
    /// The same as a top of a book, for comparing.
    pub fn top(&self) -> BookTop {
        BookTop { bid: self.bid, ask: self.ask }
    }
}
