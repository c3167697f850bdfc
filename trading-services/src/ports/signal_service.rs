//! The interface of the service of signals.

use crate::model::{Candle, InstrumentId, Timeframe};
use crate::ports::{Signal, SignalStatistics};

/// Turns closed candles into signals: at most one per candle, with the reasons.
#[di_core::interface]
pub trait ISignalService {
    /// Takes a closed candle and asks every strategy; a signal is published on its topic before this returns.
    ///
    /// There is no signal when no strategy has an opinion, when two contradict each other, within the cool-down of the
    /// symbol by the injected clock, for a candle of another timeframe than `signals.timeframe`, and for one that is not
    /// newer than the last.
    fn generate(&self, instrument: &InstrumentId, timeframe: Timeframe, candle: &Candle);

    /// The last `limit` signals, newest first; of one symbol or of all.
    fn history(&self, instrument: Option<&InstrumentId>, limit: usize) -> Vec<Signal>;

    /// What was counted since the start.
    fn statistics(&self) -> SignalStatistics;
}
