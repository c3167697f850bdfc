//! The interface of books and candles.

use crate::model::{Candle, InstrumentId, MarketEvent, Timeframe};
use crate::ports::{Ingested, MarketCounters, MarketDataError, MarketView, ValidationError};

/// Books and candles of all instruments.
#[di_core::interface]
pub trait IMarketDataService {
    /// Takes one message of the venue: validates it, updates book and candles, and says what came of it.
    ///
    /// # Errors
    /// [`MarketDataError::Rejected`] when the message fails validation (it changes nothing but the counter).
    fn ingest(&self, event: &MarketEvent) -> Result<Ingested, MarketDataError>;

    /// Best prices, last trade and freshness of one instrument.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownInstrument`] when nothing was received about it yet.
    fn market_data(&self, instrument: &InstrumentId) -> Result<MarketView, MarketDataError>;

    /// The same of every instrument, in order of their names.
    fn all_market_data(&self) -> Vec<MarketView>;

    /// The instruments that something was received about, in order of their names.
    fn supported_symbols(&self) -> Vec<InstrumentId>;

    /// The timeframes of which candles are built, shortest first.
    fn supported_timeframes(&self) -> Vec<Timeframe>;

    /// The last `limit` closed candles, oldest first.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownInstrument`] or [`MarketDataError::UnknownTimeframe`].
    fn historical(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        limit: usize,
    ) -> Result<Vec<Candle>, MarketDataError>;

    /// Whether a message makes sense, without taking it.
    ///
    /// # Errors
    /// [`ValidationError`] with the rule that it breaks.
    fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError>;

    /// What was counted since the start.
    fn counters(&self) -> MarketCounters;
}
