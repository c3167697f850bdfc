//! The engine that makes trades of signals.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use di_core::events::Topic;
use di_core::service;

use super::FundingSettler;
use super::size_facts::Bars;
use super::wind_down::WindDown;
use crate::execution;
use crate::model::{Candle, EventKind, InstrumentId, MarketEvent, RoundTrip, Timeframe, Timestamp};
use crate::ports::{
    IAlertService, IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IRiskManager, IStateManager,
    ITradingEngine, Ingested, MarketTick, PortfolioError, PositionView, Refusals, RiskAnswer, Signal, StateFact,
    TradeDecision, TradingPerformance,
};
use crate::sync::lock;

/// Makes at most one trade of each signal. A signal in the direction of what is held does nothing; one against it closes
/// the position and, unless `trading.long_only` says otherwise, opens the other one with a second order. What opens a position takes
/// nothing beyond `risk.price_collar_percent` from the middle of the book.
///
/// When trading ends, it cancels and closes; when it had ended before the process began, at the first message of a market, before
/// any order meets it. What it cannot cancel or close is told as an alert at the highest level, once, with the next candle or the
/// next check of its health, and it is unhealthy as long as that holds.
#[service(provides = ITradingEngine, health)]
pub struct TradingEngine {
    pub(super) config: Arc<dyn IConfigService>,
    pub(super) clock: Arc<dyn IClock>,
    pub(super) market: Arc<dyn IMarketDataService>,
    pub(super) risk: Arc<dyn IRiskManager>,
    pub(super) executor: Arc<dyn IOrderExecutor>,
    pub(super) portfolio: Arc<dyn IPortfolio>,
    pub(super) kept: Arc<dyn IStateManager>,
    pub(super) alerts: Arc<dyn IAlertService>,
    pub(super) answered: Arc<Topic<RiskAnswer>>,
    pub(super) funding: Arc<FundingSettler>,
    #[inject(default)]
    pub(super) wind_down: WindDown,
    /// Whether nothing is left to do of an end of trading before this process.
    #[inject(default)]
    pub(super) has_begun: AtomicBool,
    /// Whether people have yet to be told that trading has ended.
    #[inject(default)]
    pub(super) is_untold: AtomicBool,
    #[inject(default)]
    pub(super) bars: Bars,
    /// How many signals were not ordered, by the reason.
    #[inject(default)]
    pub(super) undone: Mutex<BTreeMap<&'static str, u64>>,
}

impl TradingEngine {
    /// Whether the curve has no point of this minute yet: each instrument has a candle of it, and ratios count a point a minute.
    fn is_new_minute(&self, time: Timestamp) -> bool {
        let minute = |time| Timeframe::M1.open_of(time);
        let last = self.portfolio.latest_equity(1, 0).items.first().map(|point| minute(point.time));
        last != Some(minute(time))
    }

    /// What waits meets the book.
    fn meet_book(&self, instrument: &InstrumentId, time: Timestamp) {
        let levels = self.config.section::<execution::Settings>().book_levels;
        if let Ok(Some(depth)) = self.market.depth(instrument, levels) {
            self.executor.observe(instrument, time, MarketTick::Book(&depth));
        }
    }

    /// Keeps the last price, and the candles of a minute and longer, those of before among them.
    fn keep(&self, event: &MarketEvent, ingested: &Ingested) {
        let MarketEvent { instrument, received: time, kind } = event;
        // A candle that a trade closes may have closed at a doubtful price: after a restart the mark is that of now.
        let price = match kind {
            EventKind::Trade(trade) => Some(trade.price).filter(|_| !ingested.doubtful),
            _ => ingested.candles.first().map(|(_, candle)| candle.close),
        };
        // None of it is urgent.
        if let Some(price) = price {
            let (instrument, time) = (instrument.clone(), *time);
            let _later = self.kept.append(StateFact::Marked { instrument, price, time });
        }
        let closed = ingested.candles.iter().map(|(timeframe, candle)| (*timeframe, candle));
        // What the venue has told of before is as closed as what its trades have made.
        let told = ingested.history.iter().flat_map(|(timeframe, all)| all.iter().map(|candle| (*timeframe, candle)));
        for (timeframe, candle) in closed.chain(told).filter(|(timeframe, _)| *timeframe != Timeframe::S1) {
            let (instrument, candle) = (instrument.clone(), candle.clone());
            let _later = self.kept.append(StateFact::Closed { instrument, timeframe, candle });
        }
    }
}

impl ITradingEngine for TradingEngine {
    fn execute_trade(&self, signal: &Signal) -> TradeDecision {
        let decision = self.trade(signal);
        if let TradeDecision::Nothing(reason) = &decision {
            *lock(&self.undone).entry(*reason).or_default() += 1;
        }
        decision
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        // It is paid on what was held before this message.
        self.funding.observe(event);
        self.begin();
        let (instrument, time) = (&event.instrument, event.received);
        // A doubtful price values nothing and sets nothing off: if the market has moved, the next trade says so.
        let trade = if let EventKind::Trade(trade) = &event.kind { Some(trade) } else { None };
        let trade = trade.filter(|_| !ingested.doubtful);
        if self.executor.is_waiting(instrument) {
            if let Some(trade) = trade {
                self.executor.observe(instrument, time, MarketTick::Trade(trade));
            }
            self.meet_book(instrument, time);
        }
        if let Some(trade) = trade {
            // After the fills: one deep in the book is no price of the market.
            self.portfolio.mark(instrument, trade.price);
        }
        let mut valued = None;
        if ingested.candles.iter().any(|(timeframe, _)| *timeframe == Timeframe::M1) && self.is_new_minute(time) {
            // An account whose value is not known has no point in the curve; its orders are refused.
            valued = self.portfolio.record(time).ok();
        }
        if !(ingested.candles.is_empty() && ingested.history.is_empty()) {
            self.keep(event, ingested);
        }
        if !ingested.candles.is_empty() {
            self.look(valued);
        }
    }

    fn observe_bar(&self, instrument: &InstrumentId, candle: &Candle) {
        self.begin();
        self.bars.observe(instrument, candle);
        let time = candle.open_time;
        self.executor.observe(instrument, time, MarketTick::Open(candle.open));
        self.executor.observe(instrument, time, MarketTick::Bar(candle));
        self.portfolio.mark(instrument, candle.close);
        self.look(self.portfolio.record(time).ok());
    }

    fn halt(&self, reason: &str) {
        let under_way = self.wind_down.begin();
        if self.risk.kill(reason) {
            self.tell_ended();
        }
        self.cancel_and_close(reason);
        drop(under_way);
        self.report();
    }

    fn flatten(&self) {
        let under_way = self.wind_down.begin();
        self.close_all();
        drop(under_way);
        self.report();
    }

    fn ended(&self) -> Option<String> {
        self.risk.killed()
    }

    fn undone(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.undone).clone()
    }

    fn refusals(&self) -> Refusals {
        self.risk.refusals()
    }

    fn troubles(&self) -> Vec<String> {
        let Some(troubles) = self.open_troubles() else { return self.wind_down.reported() };
        troubles.into_iter().map(|trouble| trouble.text).collect()
    }

    fn positions(&self) -> Vec<PositionView> {
        self.portfolio.positions()
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        self.portfolio.round_trips()
    }

    fn performance_metrics(&self) -> Result<TradingPerformance, PortfolioError> {
        // Only how many there are: this is asked a few times a second, as long as the platform runs.
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Ok(TradingPerformance {
            equity: self.portfolio.equity()?,
            pnl: self.portfolio.pnl()?,
            orders: count(self.executor.latest_orders(0, 0).total),
            refused: self.risk.refusals().orders,
            fills: count(self.executor.latest_fills(0, 0).total),
            round_trips: count(self.portfolio.latest_round_trips(0, 0).total),
            won: count(self.portfolio.won()),
            unknown_funding: count(self.portfolio.unknown_funding()),
        })
    }
}

impl std::fmt::Debug for TradingEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TradingEngine").finish_non_exhaustive()
    }
}
