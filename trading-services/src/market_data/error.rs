//! What can go wrong with market data.

use super::ValidationError;
use crate::domain::{Symbol, Timeframe};

/// Why there is no answer about the market.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketDataError {
    /// Nothing was received about that symbol.
    #[error("unknown symbol `{symbol}`: expected one of {known}")]
    UnknownSymbol {
        /// The symbol that was asked for.
        symbol: Symbol,
        /// The symbols that something was received about.
        known: String,
    },
    /// No candles of that length are built.
    #[error("timeframe {0} is not configured in `market_data.timeframes`")]
    UnknownTimeframe(Timeframe),
    /// The message makes no sense and was left out.
    #[error("message rejected: {0}")]
    Rejected(#[from] ValidationError),
}
