//! Books and candles of all instruments, without locks.

use std::collections::BTreeMap;

use super::account::Kinds;
use super::symbol_market::{KeptPrice, Limits, SymbolMarket};
use super::{OrderBook, Settings, validation};
use crate::model::{EventKind, InstrumentId, MarketEvent, Timeframe};
use crate::ports::{Account, Ingested, MarketCounters, StateFact, ValidationError};

/// All instruments: the one place that decides what a message changes, and that accounts for it.
#[derive(Debug)]
pub struct Markets {
    timeframes: Vec<Timeframe>,
    limits: Limits,
    by_instrument: BTreeMap<InstrumentId, SymbolMarket>,
    /// The last prices of the run before, of instruments that have not sent anything yet.
    kept: BTreeMap<InstrumentId, KeptPrice>,
    kinds: Kinds,
    /// What was counted since the start.
    pub counters: MarketCounters,
}

impl Markets {
    /// Books and the candles of `timeframes`, shortest first and each once.
    pub fn new(settings: &Settings, timeframes: &[Timeframe]) -> Self {
        let mut timeframes = timeframes.to_vec();
        timeframes.sort_unstable();
        timeframes.dedup();
        let limits = Limits {
            candle_history: settings.candle_history,
            max_jump: settings.max_price_jump_percent,
            max_ahead: settings.max_ahead,
        };
        let (by_instrument, kept) = (BTreeMap::new(), BTreeMap::new());
        let (kinds, counters) = (Kinds::default(), MarketCounters::default());
        Self { timeframes, limits, by_instrument, kept, kinds, counters }
    }

    /// The same, after the prices of the run before: the first trade is measured by them.
    #[must_use]
    pub(super) fn after(mut self, facts: &[StateFact]) -> Self {
        for fact in facts {
            if let StateFact::Marked { instrument, price, time } = fact {
                self.kept.insert(instrument.clone(), KeptPrice { price: *price, time: *time });
            }
        }
        self
    }

    /// Takes a message, or counts it under the reason for which it was not taken.
    ///
    /// # Errors
    /// [`ValidationError`]; the message changed nothing but the counters.
    pub fn ingest(&mut self, event: &MarketEvent) -> Result<Ingested, ValidationError> {
        let Self { timeframes, limits, by_instrument, kept, kinds, counters } = self;
        let market = match by_instrument.get_mut(&event.instrument) {
            Some(market) => market,
            None => {
                let new = SymbolMarket::new(timeframes, kept.remove(&event.instrument));
                by_instrument.entry(event.instrument.clone()).or_insert(new)
            }
        };
        counters.events += 1;
        counters.about_the_market += u64::from(event.is_about_the_market());
        let result = validation::validate(event).and_then(|()| market.ingest(event, limits, counters));
        match &result {
            Ok(_) => market.taken += 1,
            Err(error) => {
                counters.rejected += 1;
                market.rejections.count(error.rejection());
                if let EventKind::NotTaken(not_taken) = &event.kind {
                    kinds.count(not_taken);
                }
            }
        }
        result
    }

    /// The accounts of all instruments, and of venues as a whole, in order of the names.
    pub fn accounts(&self) -> Vec<Account> {
        let account = |(instrument, market): (&InstrumentId, &SymbolMarket)| Account {
            instrument: instrument.clone(),
            taken: market.taken,
            rejections: market.rejections,
        };
        self.by_instrument.iter().map(account).collect()
    }

    /// How many messages of each kind were not understood, by the venue's name of the kind.
    pub fn unknown_kinds(&self) -> BTreeMap<String, u64> {
        self.kinds.all()
    }

    /// Whether a message makes sense by itself.
    pub(super) fn validate(event: &MarketEvent) -> Result<(), ValidationError> {
        validation::validate(event)
    }

    /// The timeframes of which candles are built.
    pub(super) fn timeframes(&self) -> &[Timeframe] {
        &self.timeframes
    }

    /// The book of every instrument, in order of the names.
    pub fn books(&self) -> impl Iterator<Item = (&InstrumentId, &OrderBook)> {
        self.iter().map(|(instrument, market)| (instrument, &market.book))
    }

    pub(super) fn get(&self, instrument: &InstrumentId) -> Option<&SymbolMarket> {
        self.by_instrument.get(instrument).filter(|_| !instrument.is_whole())
    }

    /// Every instrument, in order of the names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&InstrumentId, &SymbolMarket)> {
        self.by_instrument.iter().filter(|(instrument, _)| !instrument.is_whole())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BookTicker, NotTaken, Rejection, Timestamp};

    #[test]
    fn what_is_said_of_a_connection_and_what_is_not_understood_show_nothing_of_the_market() {
        let mut markets = Markets::new(&Settings::default(), &[]);
        let not_taken =
            NotTaken { why: Rejection::Unreadable, kind: None, detail: "a trade".into(), place: "here".into() };
        let ticker = BookTicker { update_id: None, bid: None, ask: None, time: None };
        let mut count = |kind| {
            let received = Timestamp::default();
            let _ = markets.ingest(&MarketEvent { instrument: "binance:X".parse().unwrap(), received, kind });
            (markets.counters.events, markets.counters.about_the_market)
        };
        let counts = [EventKind::Control, EventKind::Interrupted, EventKind::NotTaken(not_taken)].map(&mut count);
        assert_eq!(counts, [(1, 0), (2, 0), (3, 0)]);
        assert_eq!(count(EventKind::BookTicker(ticker)), (4, 1));
    }
}
