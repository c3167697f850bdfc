//! A back-test on candles: each one is met by orders, valued, and shown to the strategies.

use std::sync::{Arc, Mutex};

use super::longer::Longer;
use crate::engine::Platform;
use crate::engine::news::{News, listen};
use crate::model::{Candle, CorrelationId, InstrumentId};
use crate::ports::{IOrderExecutor, IPortfolio, MarketTick, Signal};
use crate::strategy;
use crate::sync::lock;

/// What becomes of a position that is open after the last candle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AtEnd {
    /// It is closed at the first price of the last candle, as backtesting.py does it.
    #[default]
    Close,
    /// It stays open, and is valued at the last price, as backtrader does it.
    Keep,
}

/// Runs the strategies of a platform over candles.
///
/// The order within a candle: orders of the candles before meet its first price, then its range; positions are valued at its
/// last price; strategies see it closed; what they order meets the next candle. Nothing sees a candle before it is closed. The
/// candles last as long as `signals.timeframe` says; longer ones are made of them for strategies that look at them.
pub struct CandleTest<'a> {
    platform: &'a Platform,
    executor: &'a dyn IOrderExecutor,
    portfolio: &'a dyn IPortfolio,
    instrument: InstrumentId,
}

impl<'a> CandleTest<'a> {
    /// A test with the services of `platform`, which must not have traded before.
    pub fn new(
        platform: &'a Platform,
        executor: &'a dyn IOrderExecutor,
        portfolio: &'a dyn IPortfolio,
        instrument: InstrumentId,
    ) -> Self {
        Self { platform, executor, portfolio, instrument }
    }

    /// Runs over `candles`, oldest first, and returns what was told on the way: signals, risk answers, orders, fills.
    pub fn run(&self, candles: &[Candle], at_end: AtEnd) -> Vec<News> {
        self.run_while(candles, at_end, |_| true)
    }

    /// As [`run`](Self::run), as long as `goes_on` says so: it is asked before each candle, with how many were before.
    pub fn run_while(&self, candles: &[Candle], at_end: AtEnd, mut goes_on: impl FnMut(usize) -> bool) -> Vec<News> {
        let Platform { config, clock, signals, trading, .. } = self.platform;
        let (timeframe, instrument) = (config.section::<strategy::Settings>().timeframe, &self.instrument);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let _listening = listen(self.platform, &heard);
        let (mut told, mut longer) = (Vec::new(), Longer::of(signals.strategies(), timeframe));
        for (done, (candle, number)) in candles.iter().zip(1..).enumerate() {
            if !goes_on(done) {
                break;
            }
            clock.advance_to(candle.open_time);
            trading.observe_bar(instrument, candle);
            for (length, closed) in longer.push(candle) {
                signals.generate(instrument, length, &closed, CorrelationId(number));
            }
            signals.generate(instrument, timeframe, candle, CorrelationId(number));
            let given: Vec<Signal> = lock(&heard).iter().filter_map(News::signal).cloned().collect();
            for signal in &given {
                let _decision = trading.execute_trade(signal);
            }
            told.append(&mut lock(&heard));
        }
        if let (Some(last), AtEnd::Close) = (candles.last(), at_end) {
            for order in self.executor.open_orders() {
                let _known = self.executor.cancel(&order.request.id, "the candles are over");
            }
            trading.flatten();
            self.executor.observe(instrument, last.open_time, MarketTick::Open(last.open));
            // The account was valued before: a value that is not known is no point of the curve.
            let _point = self.portfolio.record(last.open_time);
        }
        told.append(&mut lock(&heard));
        told
    }
}

impl std::fmt::Debug for CandleTest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CandleTest").field("instrument", &self.instrument).finish_non_exhaustive()
    }
}
