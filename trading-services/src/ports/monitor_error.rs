//! Errors of monitoring.

use crate::model::{InstrumentId, Symbol};

/// Why the set of watched symbols did not change, or there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// The symbol is watched already.
    #[error("symbol `{0}` is monitored already")]
    AlreadyMonitored(Symbol),
    /// The symbol is not watched.
    #[error("symbol `{0}` is not monitored")]
    NotMonitored(Symbol),
    /// The watch of the instrument has panicked and was not made again yet.
    #[error("the watch of `{0}` is being restarted")]
    Restarting(InstrumentId),
    /// The watch of the instrument has panicked.
    #[error("the watch of `{instrument}` panicked: {message}")]
    WatchPanicked {
        /// The instrument.
        instrument: InstrumentId,
        /// What the panic said.
        message: String,
    },
}
