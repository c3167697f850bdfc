//! The interface of the service of signals.

use std::collections::BTreeSet;

use di_core::dependency::Many;

use crate::model::{Candle, CorrelationId, InstrumentId, Timeframe};
use crate::ports::{
    IStrategy, Latest, ShadowRecord, Signal, SignalStatistics, StrategyMode, SwitchError, UnknownStrategy,
};

/// Turns closed candles into signals: at most one per candle, with the reasons.
#[di_core::interface]
pub trait ISignalService {
    /// Takes a closed candle and asks every strategy; a signal is published on its topic before this returns.
    ///
    /// There is no signal when no strategy has an opinion, when they agree less than `signals.agreement`, within the cool-down of the
    /// symbol by the injected clock, for a candle of another timeframe than `signals.timeframe`, and for one that is not
    /// newer than the last.
    /// Candles of other lengths are kept for the strategies that need them; those that a message closes come before the candles of
    /// `signals.timeframe` that it closes.
    /// `correlation` is the message that closed the candle.
    fn generate(&self, instrument: &InstrumentId, timeframe: Timeframe, candle: &Candle, correlation: CorrelationId);

    /// Takes candles that were closed before, oldest first, among those that strategies look at. They give no signal: what
    /// could have been done about them is over.
    fn learn(&self, instrument: &InstrumentId, timeframe: Timeframe, candles: &[Candle]);

    /// The last `limit` signals, newest first; of one symbol or of all.
    fn history(&self, instrument: Option<&InstrumentId>, limit: usize) -> Vec<Signal>;

    /// A part of the signals that are remembered, newest first: at most `limit` without the `offset` newest ones.
    fn latest_signals(&self, limit: usize, offset: usize) -> Latest<Signal>;

    /// The numbers of the signals that are remembered and that a strategy wanted; none of a strategy that nobody knows.
    fn wanted_by(&self, strategy: &str) -> BTreeSet<u64>;

    /// The strategies, by their keys.
    fn strategies(&self) -> &Many<dyn IStrategy>;

    /// Whether the opinions of a strategy count now: what [`set_mode`](Self::set_mode) said last, or its settings.
    ///
    /// # Errors
    /// [`UnknownStrategy`].
    fn mode(&self, strategy: &str) -> Result<StrategyMode, UnknownStrategy>;

    /// Switches a strategy on, off, or to shadow, from the next candle until the end of the run, and keeps why; returns what it
    /// was.
    ///
    /// # Errors
    /// [`SwitchError`]: none is switched on, or to shadow, whose longer candles nobody makes.
    fn set_mode(&self, strategy: &str, mode: StrategyMode, reason: &str) -> Result<StrategyMode, SwitchError>;

    /// What would have come of the opinions of a strategy while it was in shadow; `None` when it had none in this run.
    fn shadow(&self, strategy: &str) -> Option<ShadowRecord>;

    /// What was counted since the start.
    fn statistics(&self) -> SignalStatistics;
}
