//! Book, candles and last trade of one symbol.

use std::collections::VecDeque;
use std::time::Duration;

use crate::data::{CandleBuilder, DiffOutcome, OrderBook, SnapshotOutcome, TopCheck};
use crate::model::{BookSnapshot, Candle, EventKind, MarketEvent, Price, Timeframe, Timestamp, Trade};
use crate::ports::{ExchangeError, Ingested, TopMismatch};

/// How long the venue is left alone when it has no usable book and does not say when to ask again.
const PATIENCE: Duration = Duration::from_secs(1);

/// Book, candles and last trade of one symbol.
#[derive(Debug)]
pub(super) struct SymbolMarket {
    pub(super) book: OrderBook,
    pub(super) last_trade: Option<Trade>,
    /// The price of a trade that was rejected as too far away, until the next trade.
    pub(super) suspect: Option<Price>,
    pub(super) last_event: Timestamp,
    /// When the venue may be asked again for the book, because it had none that is usable at the gap.
    ask_again: Option<Timestamp>,
    check: TopCheck,
    series: Vec<Series>,
}

#[derive(Debug)]
struct Series {
    builder: CandleBuilder,
    closed: VecDeque<Candle>,
}

impl SymbolMarket {
    pub(super) fn new(timeframes: &[Timeframe]) -> Self {
        let series = |timeframe| Series { builder: CandleBuilder::new(timeframe), closed: VecDeque::new() };
        Self {
            book: OrderBook::default(),
            last_trade: None,
            suspect: None,
            last_event: Timestamp::default(),
            ask_again: None,
            check: TopCheck::default(),
            series: timeframes.iter().copied().map(series).collect(),
        }
    }

    /// Takes a valid message. When depth messages are missing, `snapshot` is asked for the whole book; where the venue
    /// has none that is usable, it is asked with the first depth message after a while, unless its error will stay.
    pub(super) fn ingest(
        &mut self,
        event: &MarketEvent,
        candle_history: usize,
        snapshot: impl FnOnce() -> Result<BookSnapshot, ExchangeError>,
    ) -> Ingested {
        let mut result = Ingested::default();
        result.counted.events = 1;
        self.last_event = self.last_event.max(event.received);
        match &event.kind {
            EventKind::Trade(trade) => self.trade(trade, candle_history, &mut result),
            EventKind::BookTicker(ticker) => {
                result.counted.book_tickers = 1;
                let compared = self.check.ticker(ticker, &self.book);
                count_checks(compared, &mut result);
            }
            EventKind::Snapshot(snapshot) => {
                result.counted.snapshots = 1;
                self.snapshot(snapshot, &mut result);
            }
            EventKind::Diff(diff) => {
                result.counted.diffs = 1;
                match self.book.apply_diff(diff) {
                    DiffOutcome::Applied => self.changed(&mut result),
                    DiffOutcome::Waiting if self.ask_again.is_some_and(|time| event.received >= time) => {
                        self.resync(event.received, snapshot, &mut result);
                    }
                    DiffOutcome::Waiting | DiffOutcome::Stale => {}
                    DiffOutcome::Gap(gap) => {
                        result.gap = Some(gap);
                        result.counted.gaps = 1;
                        self.resync(event.received, snapshot, &mut result);
                    }
                }
            }
            _ => {}
        }
        result
    }

    /// The last closed candles, oldest first; `None` when that timeframe is not built.
    pub(super) fn candles(&self, timeframe: Timeframe, limit: usize) -> Option<Vec<Candle>> {
        let series = self.series.iter().find(|series| series.builder.timeframe() == timeframe)?;
        let skipped = series.closed.len().saturating_sub(limit);
        Some(series.closed.iter().skip(skipped).cloned().collect())
    }

    fn trade(&mut self, trade: &Trade, candle_history: usize, result: &mut Ingested) {
        result.counted.trades = 1;
        let mut is_late = false;
        for series in &mut self.series {
            let Ok(closed) = series.builder.push(trade.time, trade.price, trade.quantity) else {
                is_late = true;
                continue;
            };
            for candle in closed {
                if series.closed.len() >= candle_history {
                    series.closed.pop_front();
                }
                series.closed.push_back(candle.clone());
                result.counted.candles += 1;
                result.candles.push((series.builder.timeframe(), candle));
            }
        }
        result.counted.late_trades = u64::from(is_late);
        self.suspect = None;
        self.last_trade = Some(trade.clone());
    }

    fn snapshot(&mut self, snapshot: &BookSnapshot, result: &mut Ingested) -> bool {
        let outcome = self.book.apply_snapshot(snapshot);
        if outcome == SnapshotOutcome::Applied {
            self.ask_again = None;
            self.changed(result);
        }
        outcome == SnapshotOutcome::Applied
    }

    fn resync(
        &mut self,
        now: Timestamp,
        snapshot: impl FnOnce() -> Result<BookSnapshot, ExchangeError>,
        result: &mut Ingested,
    ) {
        match snapshot() {
            Ok(snapshot) => {
                result.resynced = self.snapshot(&snapshot, result);
                result.counted.resyncs = u64::from(result.resynced);
                self.ask_again = (!result.resynced).then(|| now.saturating_add(PATIENCE));
            }
            Err(error) if error.is_transient() => {
                self.ask_again = Some(now.saturating_add(error.retry_after().unwrap_or(PATIENCE)));
            }
            Err(_) => self.ask_again = None,
        }
    }

    fn changed(&mut self, result: &mut Ingested) {
        let top = self.book.top();
        result.top = Some(top);
        result.crossed = top.is_crossed();
        result.counted.crossed_books = u64::from(result.crossed);
        let compared = self.check.book_changed(&self.book);
        count_checks(compared, result);
    }
}

fn count_checks(compared: impl IntoIterator<Item = Result<(), Box<TopMismatch>>>, result: &mut Ingested) {
    for outcome in compared {
        result.counted.book_top_checks += 1;
        if let Err(mismatch) = outcome {
            result.counted.book_top_mismatches += 1;
            result.mismatch = Some(mismatch);
        }
    }
}
