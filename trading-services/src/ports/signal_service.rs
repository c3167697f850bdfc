//! The interface of the service of signals.

use di_core::Many;

use crate::model::{Candle, CorrelationId, InstrumentId, Timeframe};
use crate::ports::{IStrategy, Signal, SignalStatistics};

/// Turns closed candles into signals: at most one per candle, with the reasons.
#[di_core::interface]
pub trait ISignalService {
    /// Takes a closed candle and asks every strategy; a signal is published on its topic before this returns.
    ///
    /// There is no signal when no strategy has an opinion, when they agree less than `signals.agreement`, within the cool-down of the
    /// symbol by the injected clock, for a candle of another timeframe than `signals.timeframe`, and for one that is not
    /// newer than the last.
    /// `correlation` is the message that closed the candle.
    fn generate(&self, instrument: &InstrumentId, timeframe: Timeframe, candle: &Candle, correlation: CorrelationId);

    /// The last `limit` signals, newest first; of one symbol or of all.
    fn history(&self, instrument: Option<&InstrumentId>, limit: usize) -> Vec<Signal>;

    /// The strategies, by their keys.
    fn strategies(&self) -> &Many<dyn IStrategy>;

    /// What was counted since the start.
    fn statistics(&self) -> SignalStatistics;
}
