//! Errors of market data.

use rust_decimal::Decimal;

use crate::model::{InstrumentId, Price, Timeframe, TradeId};

/// Why there is no answer about the market.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketDataError {
    /// Nothing was received about that instrument.
    #[error("unknown instrument `{instrument}`: expected one of {known}")]
    UnknownInstrument {
        /// The instrument that was asked for.
        instrument: InstrumentId,
        /// The instruments that something was received about.
        known: String,
    },
    /// No candles of that length are built.
    #[error("timeframe {0} is not configured in `market_data.timeframes`")]
    UnknownTimeframe(Timeframe),
    /// The message makes no sense and was left out.
    #[error("message rejected: {0}")]
    Rejected(#[from] ValidationError),
}

/// The rule that a message breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValidationError {
    /// A trade of nothing.
    #[error("expected trade {id} to have a quantity above zero")]
    EmptyTrade {
        /// The trade's number.
        id: TradeId,
    },
    /// A diff that ends before it begins.
    #[error("expected a depth message's first update {first} to be at most its last {last}")]
    BackwardDiff {
        /// The first update.
        first: u64,
        /// The last update.
        last: u64,
    },
    /// Somebody pays more than somebody else asks.
    #[error("expected the best bid {bid} to be below the best ask {ask}")]
    CrossedTicker {
        /// The best bid.
        bid: Price,
        /// The best ask.
        ask: Price,
    },
    /// A trade that is implausibly far from the last one.
    #[error("expected a trade within {limit} % of the last price {last}, found {found}")]
    PriceJump {
        /// The allowed distance, in percent.
        limit: Decimal,
        /// The last price.
        last: Price,
        /// The price that came.
        found: Price,
    },
}
