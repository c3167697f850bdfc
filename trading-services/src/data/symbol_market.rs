//! Book, candles and last trade of one instrument.

use std::time::Duration;

use rust_decimal::Decimal;

use super::candle_series::CandleSeries;
use super::tape::Tape;
use super::trade_filter::TradeFilter;
use super::{DiffOutcome, OrderBook, SnapshotOutcome, TopCheck};
use crate::model::{
    BookDepth, BookDiff, BookSnapshot, BookTicker, Candle, EventKind, Instrument, InstrumentStatus, MarketEvent, Price,
    SnapshotOrigin, Timeframe, Timestamp, Trade,
};
use crate::ports::{Gap, Ingested, MarketCounters, Rejections, TopMismatch, ValidationError};

/// A book whose prices are so many times the last known one, or the other way round, is that of another instrument.
const FOREIGN: u32 = 4;

/// A kept price that is older says nothing of the price now.
const KEPT_FOR: Duration = Duration::from_secs(24 * 3_600);

/// The last price of the run before, and when it was that.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptPrice {
    pub(super) price: Price,
    pub(super) time: Timestamp,
}

impl KeptPrice {
    /// The price, if it says something of the price at that time: also where a recording of that day is played once more.
    fn at(self, now: Timestamp) -> Option<Price> {
        (now.since(self.time) <= KEPT_FOR && self.time.since(now) <= KEPT_FOR).then_some(self.price)
    }
}

/// What a message is measured by.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) candle_history: usize,
    pub(super) max_jump: Decimal,
    pub(super) max_ahead: Duration,
}

/// What is known about one instrument.
#[derive(Debug)]
pub(super) struct SymbolMarket {
    pub(super) book: OrderBook,
    /// The rules of trading it, once the venue has told them.
    pub(super) rules: Option<Box<Instrument>>,
    /// When the venue told them.
    told: Timestamp,
    pub(super) last_trade: Option<Trade>,
    pub(super) tape: Tape,
    pub(super) last_event: Timestamp,
    /// Since when the book waits for a snapshot.
    pub(super) waiting_since: Option<Timestamp>,
    pub(super) taken: u64,
    pub(super) rejections: Rejections,
    /// Whether the book waits because of a gap, and not because it has only begun.
    had_gap: bool,
    /// The last price that was seen, of a trade or of the venue's own best prices.
    known_price: Option<Price>,
    /// What the price was in the run before, as long as nothing of this run says it.
    kept_price: Option<KeptPrice>,
    /// Whether the book was asked for before any price was known: nothing shows yet that it is of this instrument.
    is_unconfirmed: bool,
    trades: TradeFilter,
    check: TopCheck,
    candles: CandleSeries,
}

impl SymbolMarket {
    pub(super) fn new(timeframes: &[Timeframe], kept_price: Option<KeptPrice>) -> Self {
        Self {
            book: OrderBook::default(),
            rules: None,
            told: Timestamp::default(),
            last_trade: None,
            tape: Tape::default(),
            last_event: Timestamp::default(),
            waiting_since: None,
            taken: 0,
            rejections: Rejections::default(),
            had_gap: false,
            known_price: None,
            kept_price,
            is_unconfirmed: false,
            trades: TradeFilter::default(),
            check: TopCheck::default(),
            candles: CandleSeries::new(timeframes),
        }
    }

    /// Takes a message, and counts it by its kind.
    pub(super) fn ingest(
        &mut self,
        event: &MarketEvent,
        limits: &Limits,
        counters: &mut MarketCounters,
    ) -> Result<Ingested, ValidationError> {
        self.last_event = self.last_event.max(event.received);
        match &event.kind {
            EventKind::Trade(trade) => {
                counters.trades += 1;
                self.trade(trade, event.received, limits, counters)
            }
            EventKind::BookTicker(ticker) => {
                counters.book_tickers += 1;
                Ok(self.ticker(ticker, event.received, counters))
            }
            EventKind::Snapshot(snapshot) => {
                counters.snapshots += 1;
                self.snapshot(snapshot, event.received, counters)
            }
            EventKind::Diff(diff) => {
                counters.diffs += 1;
                self.diff(diff, event.received, counters)
            }
            EventKind::Interrupted => {
                counters.others += 1;
                // What was missed meanwhile is not known: a book that looks valid would be a lie.
                counters.diffs_dropped += self.book.interrupt() as u64;
                // The changes may not begin again: the book waits from now on, and not from the first of them.
                self.waiting_since.get_or_insert(event.received);
                Ok(Ingested::default())
            }
            EventKind::Left => {
                counters.others += 1;
                counters.diffs_dropped += self.book.interrupt() as u64;
                // Nothing comes of it as long as another venue is heard: its book waits for nobody.
                self.waiting_since = None;
                Ok(Ingested::default())
            }
            EventKind::Instrument(instrument) => {
                counters.others += 1;
                if let Some(step) = instrument.tick_size.filter(|step| *step > Decimal::ZERO) {
                    self.trades.set_step(step);
                }
                self.told = event.received;
                let old_rules = self.rules.replace(instrument.clone()).filter(|old| old != instrument);
                Ok(Ingested { old_rules, ..Ingested::default() })
            }
            EventKind::TradesBegin => {
                counters.others += 1;
                self.candles.begin();
                Ok(Ingested::default())
            }
            EventKind::History(history) => {
                counters.others += 1;
                let mut result = Ingested::default();
                counters.candles_missing += self.candles.told(history, limits.candle_history, &mut result);
                Ok(count_candles(result, counters))
            }
            EventKind::Candle(update) => {
                counters.others += 1;
                let mut result = Ingested::default();
                self.candles.update(update, limits.candle_history, &mut result);
                Ok(count_candles(result, counters))
            }
            EventKind::Ticker(_)
            | EventKind::Liquidation(_)
            | EventKind::MarkPrice(_)
            | EventKind::Funding(_)
            | EventKind::Option(_)
            | EventKind::Control
            | EventKind::NotTaken(_) => {
                counters.others += 1;
                Ok(Ingested::default())
            }
        }
    }

    /// Whether the last trade is at a doubtful price.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.trades.is_in_doubt()
    }

    /// The best levels of the book; `None` while it is not complete.
    pub(super) fn depth(&self, levels: usize) -> Option<BookDepth> {
        let book = self.book.last_update_id().map(|_| &self.book)?;
        Some(BookDepth { bids: book.bids().take(levels).collect(), asks: book.asks().take(levels).collect() })
    }

    /// The candle that forms, if a trade has begun one; `None` when that timeframe is not built.
    pub(super) fn forming(&self, timeframe: Timeframe) -> Option<Option<Candle>> {
        self.candles.forming(timeframe)
    }

    /// The longest candle that forms and whose beginning is not known though it should be.
    pub(super) fn unknown_candle(&self, now: Timestamp) -> Option<Timeframe> {
        self.candles.unknown(now)
    }

    /// The last closed candles, oldest first; `None` when that timeframe is not built.
    pub(super) fn candles(&self, timeframe: Timeframe, limit: usize) -> Option<Vec<Candle>> {
        self.candles.closed(timeframe, limit)
    }

    fn trade(
        &mut self,
        trade: &Trade,
        received: Timestamp,
        limits: &Limits,
        counters: &mut MarketCounters,
    ) -> Result<Ingested, ValidationError> {
        self.trades.check(trade, received, limits.max_ahead)?;
        self.candles.check(trade, received)?;
        let known = self.price_without_trades(received);
        let mut result = Ingested { doubtful: self.trades.take(trade, limits.max_jump, known), ..Ingested::default() };
        counters.doubtful += u64::from(result.doubtful);
        self.candles.trade(trade, limits.candle_history, &mut result);
        counters.candles += result.candles.len() as u64;
        if !result.doubtful {
            self.known_price = Some(trade.price);
            self.confirm(trade.price, received, &mut result, counters);
        }
        if let Some(rules) = self.rules.as_mut().filter(|_| trade.time > self.told) {
            // What trades is not halted, or not any more: the venue was asked before.
            rules.status = InstrumentStatus::Trading;
        }
        self.last_trade = Some(trade.clone());
        self.tape.push(trade);
        Ok(result)
    }

    /// What the first trade is measured by: the best prices that the venue has told, a book that is known to be of this
    /// instrument, the price of the run before.
    fn price_without_trades(&self, now: Timestamp) -> Option<Price> {
        if self.last_trade.is_some() {
            return None;
        }
        let middle = || self.book.top().middle().filter(|_| !self.is_unconfirmed);
        let kept = || self.kept_price.and_then(|kept| kept.at(now));
        self.known_price.or_else(middle).or_else(kept)
    }

    fn ticker(&mut self, ticker: &BookTicker, received: Timestamp, counters: &mut MarketCounters) -> Ingested {
        let mut result = Ingested::default();
        if let Some(level) = ticker.bid.or(ticker.ask) {
            self.known_price = Some(level.price);
            self.confirm(level.price, received, &mut result, counters);
        }
        if let Some(compared) = self.check.ticker(ticker, &self.book) {
            count_check(compared, &mut result, counters);
        }
        result
    }

    fn snapshot(
        &mut self,
        snapshot: &BookSnapshot,
        received: Timestamp,
        counters: &mut MarketCounters,
    ) -> Result<Ingested, ValidationError> {
        self.plausible(snapshot)?;
        let mut result = Ingested::default();
        match self.book.apply_snapshot(snapshot) {
            SnapshotOutcome::Applied { dropped } => {
                counters.diffs_dropped += dropped as u64;
                self.is_unconfirmed = snapshot.origin == SnapshotOrigin::Request && self.known_price.is_none();
                let was_broken = std::mem::take(&mut self.had_gap);
                self.changed(received, &mut result, counters);
                // A snapshot after which the book is crossed has healed nothing.
                result.resynced = was_broken && !result.crossed;
                counters.resyncs += u64::from(result.resynced);
            }
            SnapshotOutcome::Gap { gap, dropped } => {
                counters.diffs_dropped += dropped as u64;
                self.broken(gap, received, &mut result, counters);
            }
            SnapshotOutcome::TooOld(_) => result.needs_snapshot = true,
            SnapshotOutcome::Stale if snapshot.origin == SnapshotOrigin::Partial => {}
            SnapshotOutcome::Stale => {
                let book = self.book.last_update_id().unwrap_or_default();
                return Err(ValidationError::OldSnapshot { book, snapshot: snapshot.last_update_id });
            }
        }
        Ok(result)
    }

    /// A book that was asked for does not say what it is about; its prices do.
    fn plausible(&self, snapshot: &BookSnapshot) -> Result<(), ValidationError> {
        let best = |mut prices: Box<dyn Iterator<Item = Price> + '_>, first: fn(Price, Price) -> Price| {
            prices.next().map(|price| prices.fold(price, first))
        };
        let bid = best(Box::new(snapshot.bids.iter().map(|level| level.price)), Price::max);
        let ask = best(Box::new(snapshot.asks.iter().map(|level| level.price)), Price::min);
        if matches!((bid, ask), (Some(bid), Some(ask)) if bid >= ask) {
            return Err(ValidationError::CrossedBook);
        }
        let (Some(last), Some(found)) = (self.known_price, bid.or(ask)) else { return Ok(()) };
        if snapshot.origin == SnapshotOrigin::Request && is_foreign(last, found) {
            return Err(ValidationError::ForeignSnapshot { last, found });
        }
        Ok(())
    }

    /// Drops a book that was taken before any price was known, and that cannot be of this instrument by the first one.
    fn confirm(&mut self, last: Price, now: Timestamp, result: &mut Ingested, counters: &mut MarketCounters) {
        if !std::mem::take(&mut self.is_unconfirmed) || self.book.is_joined() {
            return;
        }
        let top = self.book.top();
        let Some(found) = top.bid.or(top.ask).map(|level| level.price).filter(|found| is_foreign(last, *found)) else {
            return;
        };
        self.book.invalidate();
        self.refuse_taken(&ValidationError::ForeignSnapshot { last, found }, counters);
        (result.foreign_book, self.had_gap) = (Some(found), true);
        self.wait(now, result);
    }

    /// Counts a message as not taken that was counted as taken when it came.
    fn refuse_taken(&mut self, error: &ValidationError, counters: &mut MarketCounters) {
        self.taken = self.taken.saturating_sub(1);
        self.rejections.count(error.rejection());
        counters.rejected += 1;
    }

    fn diff(
        &mut self,
        diff: &BookDiff,
        received: Timestamp,
        counters: &mut MarketCounters,
    ) -> Result<Ingested, ValidationError> {
        let mut result = Ingested::default();
        match self.book.apply_diff(diff) {
            DiffOutcome::Applied => self.changed(received, &mut result, counters),
            DiffOutcome::Waiting => self.wait(received, &mut result),
            DiffOutcome::Overflow => {
                self.wait(received, &mut result);
                self.refuse_taken(&ValidationError::DroppedDiff, counters);
            }
            DiffOutcome::Stale => {
                let book = self.book.last_update_id().unwrap_or_default();
                return Err(ValidationError::RepeatedDiff { book, last: diff.last_update_id });
            }
            DiffOutcome::Gap(gap) => self.broken(gap, received, &mut result, counters),
            DiffOutcome::Reset(gap) => {
                result.gap = Some(gap);
                counters.gaps += 1;
                self.check = TopCheck::default();
                self.changed(received, &mut result, counters);
                result.resynced = !result.crossed;
                counters.resyncs += u64::from(result.resynced);
            }
        }
        Ok(result)
    }

    fn broken(&mut self, gap: Gap, now: Timestamp, result: &mut Ingested, counters: &mut MarketCounters) {
        result.gap = Some(gap);
        counters.gaps += 1;
        self.had_gap = true;
        self.wait(now, result);
    }

    fn wait(&mut self, now: Timestamp, result: &mut Ingested) {
        result.needs_snapshot = true;
        self.waiting_since.get_or_insert(now);
    }

    fn changed(&mut self, now: Timestamp, result: &mut Ingested, counters: &mut MarketCounters) {
        let top = self.book.top();
        if top.is_crossed() {
            // Nobody leaves a price at which both sides agree: something is missing.
            (result.crossed, self.had_gap) = (true, true);
            counters.crossed_books += 1;
            self.book.invalidate();
            return self.wait(now, result);
        }
        result.top = Some(top);
        self.waiting_since = None;
        while let Some(compared) = self.check.book_changed(&self.book) {
            count_check(compared, result, counters);
        }
    }
}

/// Whether two prices cannot be of one instrument.
fn is_foreign(one: Price, other: Price) -> bool {
    let times = |price: Price| price.value().checked_mul(Decimal::from(FOREIGN));
    let is_far = |low: Price, high: Price| times(low).is_some_and(|limit| high.value() > limit);
    is_far(one, other) || is_far(other, one)
}

fn count_candles(result: Ingested, counters: &mut MarketCounters) -> Ingested {
    counters.candles += result.candles.len() as u64;
    counters.candles_told += result.history.iter().map(|(_, candles)| candles.len() as u64).sum::<u64>();
    result
}

fn count_check(compared: Result<(), Box<TopMismatch>>, result: &mut Ingested, counters: &mut MarketCounters) {
    counters.book_top_checks += 1;
    if let Err(mismatch) = compared {
        counters.book_top_mismatches += 1;
        result.mismatch = Some(mismatch);
    }
}
