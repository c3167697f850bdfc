//! The summary of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use rust_decimal::Decimal;
use serde::Serialize;

use super::Platform;
use crate::model::Rejection;
use crate::ports::{ProfitAndLoss, Rejections, ShadowRecord, TradingPerformance};

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// The venue has no more messages.
    EndOfStream,
    /// The platform was stopped (Ctrl-C).
    Requested,
    /// The time of `run.duration` is over.
    Duration,
    /// The number of `run.events` is reached.
    EventLimit,
    /// Something failed.
    Failure,
}

/// The figures of a run; all but `latency_ns`, `wall_ms` and `events_per_second` depend on the events alone, as long as no
/// service was unhealthy and raised an alert.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The venue.
    pub exchange: String,
    /// Why the run ended.
    pub stopped: StopReason,
    /// What failed, if something did; the figures then hold up to there.
    pub error: Option<String>,
    /// Messages.
    pub events: u64,
    /// Trades.
    pub trades: u64,
    /// Depth messages.
    pub diffs: u64,
    /// Snapshots in the stream.
    pub snapshots: u64,
    /// The venue's own best prices.
    pub book_tickers: u64,
    /// Breaks in the chain of depth messages.
    pub gaps: u64,
    /// Breaks that were healed at once.
    pub resyncs: u64,
    /// How often the venue's best prices were compared with the book at the same update.
    pub book_top_checks: u64,
    /// How often they differed.
    pub book_top_mismatches: u64,
    /// Changes after which the book was crossed.
    pub crossed_books: u64,
    /// Changes that waited for a snapshot and are of no use: it had them already, or the connection was lost before it came.
    pub diffs_dropped: u64,
    /// Candles closed, of all timeframes.
    pub candles: u64,
    /// Candles of before that the venue has told.
    pub candles_told: u64,
    /// Candles that are missing between those that the venue has told.
    pub candles_missing: u64,
    /// Messages of other kinds that were taken.
    pub others: u64,
    /// Messages that were counted and not taken.
    pub rejected: u64,
    /// Messages that came too late: trades whose candle was closed, snapshots older than the book.
    pub late_trades: u64,
    /// Trades whose price is doubtful; they are in the candles all the same.
    pub doubtful_trades: u64,
    /// Books that still wait for a snapshot, and show no price.
    pub books_waiting: u64,
    /// Receive times that were out of line and did not move the clock.
    pub time_jumps: u64,
    /// Messages that were not taken, by reason.
    pub not_taken: Rejections,
    /// The same by instrument; `venue:*` is a venue as a whole.
    pub not_taken_by: BTreeMap<String, Rejections>,
    /// Messages that were not understood, by the venue's own name of their kind.
    pub unknown_kinds: BTreeMap<String, u64>,
    /// Signals to buy or sell; each is a line of the event log.
    pub signals: u64,
    /// Signals suppressed within a cool-down, and candles about which strategies contradicted each other.
    pub signals_suppressed: u64,
    /// What would have come of the opinions of strategies in shadow, by their names.
    pub shadows: BTreeMap<String, ShadowRecord>,
    /// Signals that were not ordered, by the reason; what the risk manager refused is counted in `trading`.
    pub signals_undone: BTreeMap<String, u64>,
    /// How often the risk manager refused an order, of a signal or of a module, by the kind of reason; an order may be refused
    /// for several.
    pub orders_refused: BTreeMap<String, u64>,
    /// Why trading has ended, if it has.
    pub trading_ended: Option<String>,
    /// What was traded on paper; `None` when its value is not known.
    pub trading: Option<TradingFigures>,
    /// Alerts sent.
    pub alerts: u64,
    /// Alerts suppressed as duplicates, within a cool-down or below the lowest level.
    pub alerts_suppressed: u64,
    /// Alerts that a channel could not deliver for good or in time.
    pub alerts_undelivered: u64,
    /// From the first to the last event, by their own times, in milliseconds.
    pub event_time_ms: u64,
    /// From start to stop on the wall, in milliseconds.
    pub wall_ms: u64,
    /// Events by wall time.
    pub events_per_second: u64,
    /// How long a message took from being read to being decided about and logged.
    pub latency_ns: Latency,
    /// Lines of the event log.
    pub log_lines: u64,
    /// SHA-256 of the event log.
    pub log_sha256: String,
}

/// What was traded on paper, in the currency of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TradingFigures {
    /// Orders that were submitted.
    pub orders: u64,
    /// Orders that the risk manager did not admit.
    pub refused: u64,
    /// Fills.
    pub fills: u64,
    /// Positions, or parts of them, that were closed.
    pub round_trips: u64,
    /// How many of these gained.
    pub won: u64,
    /// Gained by what is closed, before fees.
    pub realised: Decimal,
    /// What closing everything at the last prices would gain.
    pub unrealised: Decimal,
    /// Paid to the venue.
    pub fees: Decimal,
    /// Received for holding perpetuals; below zero for what was paid.
    pub funding: Decimal,
    /// Settlements of funding that are not booked, as what was paid is not known; of the first ones at a time there was an
    /// alert, and each alert says how many there are.
    pub unknown_funding: u64,
    /// The value of the account.
    pub equity: Decimal,
}

impl From<TradingPerformance> for TradingFigures {
    fn from(performance: TradingPerformance) -> Self {
        let TradingPerformance { equity, pnl, orders, refused, fills, round_trips, won, unknown_funding } = performance;
        let ProfitAndLoss { realised, unrealised, fees, funding } = pnl;
        // Average costs are rounded at the last digit: nobody reads these.
        let [realised, unrealised] = [realised, unrealised].map(|amount| amount.round_dp(8).normalize());
        let [fees, funding, equity] = [fees, funding, equity].map(|amount| amount.normalize());
        Self { orders, refused, fills, round_trips, won, realised, unrealised, fees, funding, unknown_funding, equity }
    }
}

/// The distribution of a latency, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half took at most so long.
    pub p50: u64,
    /// Nine of ten took at most so long.
    pub p90: u64,
    /// All but one of a hundred took at most so long.
    pub p99: u64,
    /// All but one of a thousand took at most so long.
    pub p999: u64,
    /// The longest.
    pub max: u64,
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EndOfStream => "end of stream",
            Self::Requested => "stop requested",
            Self::Duration => "duration reached",
            Self::EventLimit => "event limit reached",
            Self::Failure => "failure",
        })
    }
}

impl Latency {
    pub(super) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile);
        Self { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: histogram.max() }
    }
}

/// What a summary is made of besides the services' own counters.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) exchange: &'static str,
    pub(super) stopped: StopReason,
    pub(super) error: Option<String>,
    pub(super) event_time: Duration,
    pub(super) wall: Duration,
    pub(super) latency: Latency,
    pub(super) log_lines: u64,
    pub(super) time_jumps: u64,
    pub(super) log_sha256: String,
}

fn by_name(counts: BTreeMap<&'static str, u64>) -> BTreeMap<String, u64> {
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

impl Summary {
    pub(super) fn new(parts: &Parts, platform: &Platform) -> Self {
        let Platform { market, signals, trading, alerts, .. } = platform;
        let (accounts, unknown_kinds) = (market.accounts(), market.unknown_kinds());
        let waiting = market.all_market_data().iter().filter(|view| view.waiting.is_some()).count();
        let names = signals.strategies().iter().map(|strategy| strategy.name());
        let shadows = names.filter_map(|name| Some((name.to_owned(), signals.shadow(name)?))).collect();
        let (market, signals, alerts) = (market.counters(), signals.statistics(), alerts.stats());
        let mut not_taken = Rejections::default();
        accounts.iter().for_each(|account| not_taken.add(account.rejections));
        let of_each = accounts.into_iter().filter(|account| account.rejections.total() > 0);
        let not_taken_by = of_each.map(|account| (account.instrument.to_string(), account.rejections)).collect();
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let nanos = parts.wall.as_nanos().max(1);
        let rate = u128::from(market.events) * 1_000_000_000 / nanos;
        Self {
            exchange: parts.exchange.to_owned(),
            stopped: parts.stopped,
            error: parts.error.clone(),
            events: market.events,
            trades: market.trades,
            diffs: market.diffs,
            snapshots: market.snapshots,
            book_tickers: market.book_tickers,
            gaps: market.gaps,
            resyncs: market.resyncs,
            book_top_checks: market.book_top_checks,
            book_top_mismatches: market.book_top_mismatches,
            crossed_books: market.crossed_books,
            diffs_dropped: market.diffs_dropped,
            candles: market.candles,
            candles_told: market.candles_told,
            candles_missing: market.candles_missing,
            others: market.others,
            rejected: market.rejected,
            late_trades: not_taken.get(Rejection::Late),
            doubtful_trades: market.doubtful,
            books_waiting: u64::try_from(waiting).unwrap_or(u64::MAX),
            time_jumps: parts.time_jumps,
            not_taken,
            not_taken_by,
            unknown_kinds,
            signals: signals.signals(),
            signals_suppressed: signals.cooled_down + signals.contradictions,
            shadows,
            signals_undone: by_name(trading.undone()),
            orders_refused: by_name(trading.refusals().reasons),
            trading_ended: trading.ended(),
            trading: trading.performance_metrics().ok().map(TradingFigures::from),
            alerts: alerts.sent,
            alerts_suppressed: alerts.duplicates + alerts.cooled_down + alerts.below_level,
            alerts_undelivered: alerts.undelivered(),
            event_time_ms: millis(parts.event_time),
            wall_ms: millis(parts.wall),
            events_per_second: u64::try_from(rate).unwrap_or(u64::MAX),
            latency_ns: parts.latency,
            log_lines: parts.log_lines,
            log_sha256: parts.log_sha256.clone(),
        }
    }
}
