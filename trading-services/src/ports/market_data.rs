//! The interface of books and candles.

use crate::model::{Candle, MarketEvent, Symbol, Timeframe};
use crate::ports::{Ingested, MarketCounters, MarketDataError, MarketView, ValidationError};

/// Books and candles of all symbols.
#[di_core::interface]
pub trait IMarketDataService {
    /// Takes one message of the venue: validates it, updates book and candles, and says what came of it.
    ///
    /// # Errors
    /// [`MarketDataError::Rejected`] when the message fails validation (it changes nothing but the counter).
    fn ingest(&self, event: &MarketEvent) -> Result<Ingested, MarketDataError>;

    /// Best prices, last trade and freshness of one symbol.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownSymbol`] when nothing was received about it yet.
    fn market_data(&self, symbol: &Symbol) -> Result<MarketView, MarketDataError>;

    /// The same of every symbol, in order of their names.
    fn all_market_data(&self) -> Vec<MarketView>;

    /// The symbols that something was received about, in order of their names.
    fn supported_symbols(&self) -> Vec<Symbol>;

    /// The timeframes of which candles are built, shortest first.
    fn supported_timeframes(&self) -> Vec<Timeframe>;

    /// The last `limit` closed candles, oldest first.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownSymbol`] or [`MarketDataError::UnknownTimeframe`].
    fn historical(&self, symbol: &Symbol, timeframe: Timeframe, limit: usize) -> Result<Vec<Candle>, MarketDataError>;

    /// Whether a message makes sense, without taking it.
    ///
    /// # Errors
    /// [`ValidationError`] with the rule that it breaks.
    fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError>;

    /// What was counted since the start.
    fn counters(&self) -> MarketCounters;
}
