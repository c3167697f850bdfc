//! Books and candles of all symbols, without locks.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::symbol_market::SymbolMarket;
use super::{OrderBook, Settings, validation};
use crate::model::{BookSnapshot, InstrumentId, MarketEvent, Timeframe};
use crate::ports::{ExchangeError, Ingested, MarketCounters, ValidationError};

/// All symbols, without locks: the one place that decides what a message changes.
#[derive(Debug)]
pub struct Markets {
    timeframes: Vec<Timeframe>,
    candle_history: usize,
    max_jump: Decimal,
    by_instrument: BTreeMap<InstrumentId, SymbolMarket>,
    /// What was counted since the start.
    pub counters: MarketCounters,
}

impl Markets {
    /// Books and the candles of `timeframes`, shortest first and each once.
    pub fn new(settings: &Settings, timeframes: &[Timeframe]) -> Self {
        let mut timeframes = timeframes.to_vec();
        timeframes.sort_unstable();
        timeframes.dedup();
        Self {
            timeframes,
            candle_history: settings.candle_history,
            max_jump: settings.max_price_jump_percent,
            by_instrument: BTreeMap::new(),
            counters: MarketCounters::default(),
        }
    }

    /// Validates a message and takes it. When depth messages are missing, `fresh_book` is asked for the whole book.
    ///
    /// # Errors
    /// [`ValidationError`] with the rule that the message breaks; it changes nothing but the counters.
    pub fn ingest(
        &mut self,
        event: &MarketEvent,
        fresh_book: impl FnOnce(&InstrumentId) -> Result<BookSnapshot, ExchangeError>,
    ) -> Result<Ingested, ValidationError> {
        let instrument = &event.instrument;
        if let Err(error) = self.validate(event) {
            if let (ValidationError::PriceJump { found, .. }, Some(market)) =
                (&error, self.by_instrument.get_mut(instrument))
            {
                market.suspect = Some(*found);
            }
            self.counters += MarketCounters { events: 1, rejected: 1, ..MarketCounters::default() };
            return Err(error);
        }
        let market = match self.by_instrument.get_mut(instrument) {
            Some(market) => market,
            None => self.by_instrument.entry(instrument.clone()).or_insert_with(|| SymbolMarket::new(&self.timeframes)),
        };
        let result = market.ingest(event, self.candle_history, || fresh_book(instrument));
        self.counters += result.counted;
        Ok(result)
    }

    /// Whether a message makes sense after those before it.
    pub(super) fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError> {
        let market = self.by_instrument.get(&event.instrument);
        let last = market.and_then(|market| market.last_trade.as_ref()).map(|trade| trade.price);
        let suspect = market.and_then(|market| market.suspect);
        validation::validate(event, last, suspect, self.max_jump)
    }

    /// The timeframes of which candles are built.
    pub(super) fn timeframes(&self) -> &[Timeframe] {
        &self.timeframes
    }

    /// The book of every instrument, in order of the names.
    pub fn books(&self) -> impl Iterator<Item = (&InstrumentId, &OrderBook)> {
        self.by_instrument.iter().map(|(instrument, market)| (instrument, &market.book))
    }

    pub(super) fn get(&self, instrument: &InstrumentId) -> Option<&SymbolMarket> {
        self.by_instrument.get(instrument)
    }

    /// Every instrument, in order of the names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&InstrumentId, &SymbolMarket)> {
        self.by_instrument.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{BookDiff, EventKind, Level, SnapshotOrigin, Timestamp};

    fn instrument() -> InstrumentId {
        "binance:BTCUSDT".parse().unwrap()
    }

    fn snapshot(last_update_id: u64) -> BookSnapshot {
        let level = |price: &str| vec![Level { price: price.parse().unwrap(), quantity: "1".parse().unwrap() }];
        let origin = SnapshotOrigin::Request;
        BookSnapshot { last_update_id, bids: level("1"), asks: level("2"), time: None, origin }
    }

    /// A depth message of one update that is not its predecessor's successor, at that time.
    fn diff(millis: u64, id: u64) -> MarketEvent {
        let received = Timestamp::from_millis(millis).unwrap();
        let (bids, asks) = (Vec::new(), Vec::new());
        let (first_update_id, last_update_id, previous_update_id) = (id, id, None);
        let diff = BookDiff { first_update_id, last_update_id, previous_update_id, bids, asks, time: received };
        MarketEvent { instrument: instrument(), received, kind: EventKind::Diff(diff) }
    }

    /// Which messages after a gap asked for the book, when the first answer is `answer` and later ones are good.
    fn asked(answer: fn() -> Result<BookSnapshot, ExchangeError>) -> (Vec<u64>, u64) {
        let mut markets = Markets::new(&Settings::default(), &[]);
        let start = MarketEvent {
            instrument: instrument(),
            received: Timestamp::default(),
            kind: EventKind::Snapshot(snapshot(5)),
        };
        markets.ingest(&start, |_| unreachable!()).unwrap();
        let mut asked = Vec::new();
        for (millis, id) in [(100, 10), (600, 11), (1_100, 12), (1_200, 13)] {
            let fresh_book = |_: &InstrumentId| {
                asked.push(millis);
                if asked.len() == 1 { answer() } else { Ok(snapshot(id)) }
            };
            markets.ingest(&diff(millis, id), fresh_book).unwrap();
        }
        (asked, markets.counters.resyncs)
    }

    #[test]
    fn a_venue_that_does_not_answer_at_a_gap_is_asked_again_after_a_second() {
        let error = || Err(ExchangeError::Unavailable { exchange: "test", reason: "asleep".to_owned() });
        assert_eq!(asked(error), (vec![100, 1_100], 1));
    }

    #[test]
    fn a_venue_that_says_when_to_ask_again_is_asked_then() {
        let error = || Err(ExchangeError::RateLimited { exchange: "test", retry_after: Duration::from_millis(300) });
        assert_eq!(asked(error), (vec![100, 600], 1));
    }

    #[test]
    fn a_book_that_is_too_old_is_asked_for_again_after_a_second() {
        assert_eq!(asked(|| Ok(snapshot(7))), (vec![100, 1_100], 1));
    }

    #[test]
    fn a_venue_that_has_no_books_is_asked_once_per_gap() {
        assert_eq!(asked(|| Err(ExchangeError::Unsupported { exchange: "test", what: "tell" })), (vec![100], 0));
    }
}
