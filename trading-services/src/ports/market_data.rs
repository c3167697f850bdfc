//! The interface of books and candles.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::{
    BookDepth, Candle, Currency, Instrument, InstrumentId, MarketEvent, OrderRequest, Price, Timeframe, Trade,
};
use crate::ports::{Account, Freshness, Ingested, MarketCounters, MarketDataError, MarketView, ValidationError};

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

    /// The price that orders are judged by: the middle of a whole and recent book; `None` where there is none.
    fn reference(&self, instrument: &InstrumentId) -> Option<Price> {
        let view = self.market_data(instrument).ok()?;
        view.top.middle().filter(|_| view.freshness == Freshness::Fresh && view.synchronised)
    }

    /// The same of every instrument, in order of their names.
    fn all_market_data(&self) -> Vec<MarketView>;

    /// The best levels of the book, so many of each side; `None` while it is not complete.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownInstrument`].
    fn depth(&self, instrument: &InstrumentId, levels: usize) -> Result<Option<BookDepth>, MarketDataError>;

    /// The rules of trading an instrument, as its venue has told them last; `None` before that. A halt ends with the first
    /// trade after it was told.
    fn rules(&self, instrument: &InstrumentId) -> Option<Instrument>;

    /// The order [as its venue can take it](Instrument::fitted) while so much is held; as it is before the rules are told.
    fn fitted(&self, order: OrderRequest, held: Decimal) -> OrderRequest {
        match self.rules(&order.instrument) {
            Some(rules) => rules.fitted(order, held),
            None => order,
        }
    }

    /// Whether that much held [is a position](Instrument::is_position); anything is before the rules are told.
    fn is_position(&self, instrument: &InstrumentId, held: Decimal) -> bool {
        self.rules(instrument).map_or(!held.is_zero(), |rules| rules.is_position(held))
    }

    /// What is bought with an instrument and in what it is paid: as its venue has told, and before that as its name ends. `None`
    /// where neither says it, and for an instrument about which nothing was received.
    fn currencies(&self, instrument: &InstrumentId) -> Option<(Option<Currency>, Currency)> {
        let told = self.rules(instrument).and_then(|rules| {
            let base = rules.base.and_then(|base| base.parse().ok());
            Some((base, rules.quote?.parse().ok()?))
        });
        told.or_else(|| self.market_data(instrument).ok().and_then(|_| instrument.symbol.currencies()))
    }

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

    /// The candle that still forms; `None` before the first trade.
    ///
    /// # Errors
    /// As [`historical`](Self::historical).
    fn forming(&self, instrument: &InstrumentId, timeframe: Timeframe) -> Result<Option<Candle>, MarketDataError>;

    /// The last `limit` trades that were taken, oldest first; 100 are kept.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownInstrument`].
    fn recent_trades(&self, instrument: &InstrumentId, limit: usize) -> Result<Vec<Trade>, MarketDataError>;

    /// Whether a message makes sense, without taking it.
    ///
    /// # Errors
    /// [`ValidationError`] with the rule that it breaks.
    fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError>;

    /// What was counted since the start.
    fn counters(&self) -> MarketCounters;

    /// How many messages were taken and how many were not, for which reason; in order of the instruments' names.
    fn accounts(&self) -> Vec<Account>;

    /// How many messages of each kind were not understood, by the venue's own name of the kind.
    fn unknown_kinds(&self) -> BTreeMap<String, u64>;
}
