//! Derivatives as venues publish them: liquidations, mark prices, funding, options.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::{Level, Price, Quantity, Timestamp};

/// The direction of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PositionSide {
    /// It gains when the price rises.
    Long,
    /// It gains when the price falls.
    Short,
}

/// A position that the venue closed because its margin was used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liquidation {
    /// Which position was closed. Venues say it in three ways; here it is always the position.
    pub liquidated: PositionSide,
    /// The price of its bankruptcy, or the average of the execution.
    pub price: Price,
    /// How much, in base currency or in contracts.
    pub quantity: Quantity,
    /// When, by the venue's clock.
    pub time: Timestamp,
    /// The venue's name for it, where there is one.
    pub id: Option<Arc<str>>,
}

/// The price at which a venue values positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkPrice {
    /// The mark price.
    pub price: Price,
    /// The price of the index behind it.
    pub index: Option<Price>,
    /// When, by the venue's clock.
    pub time: Timestamp,
}

/// What longs pay to shorts at the next settlement, or the other way round when it is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// As a fraction of the position's value.
    pub rate: Decimal,
    /// When it is paid; `None` where the venue tells the rate alone, and the time is as it was told before.
    pub next: Option<Timestamp>,
    /// When it was said, by the venue's clock; in a row of a venue's history of funding, when it was paid.
    pub time: Timestamp,
}

/// What a venue says of an option; `None` where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptionSummary {
    /// When, by the venue's clock.
    pub time: Option<Timestamp>,
    /// The best bid.
    pub bid: Option<Level>,
    /// Its implied volatility, as a fraction.
    pub bid_volatility: Option<Decimal>,
    /// The best ask.
    pub ask: Option<Level>,
    /// Its implied volatility, as a fraction.
    pub ask_volatility: Option<Decimal>,
    /// The price of the last trade.
    pub last: Option<Price>,
    /// The mark price.
    pub mark: Option<Price>,
    /// Its implied volatility, as a fraction.
    pub mark_volatility: Option<Decimal>,
    /// Contracts that are open.
    pub open_interest: Option<Decimal>,
    /// The price of what the option is about.
    pub underlying: Option<Price>,
    /// Change of the option's price with the underlying.
    pub delta: Option<Decimal>,
    /// Change of delta with the underlying.
    pub gamma: Option<Decimal>,
    /// Change of the option's price with volatility.
    pub vega: Option<Decimal>,
    /// Change of the option's price with time.
    pub theta: Option<Decimal>,
}

impl fmt::Display for PositionSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Long => "long",
            Self::Short => "short",
        })
    }
}
