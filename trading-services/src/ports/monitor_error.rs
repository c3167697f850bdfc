//! Errors of monitoring.

use crate::model::Symbol;

/// Why the set of watched symbols did not change, or there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// The symbol is watched already.
    #[error("symbol `{0}` is monitored already")]
    AlreadyMonitored(Symbol),
    /// The symbol is not watched.
    #[error("symbol `{0}` is not monitored")]
    NotMonitored(Symbol),
    /// The watch of the symbol has panicked and was not made anew yet.
    #[error("the watch of symbol `{0}` is being restarted")]
    Restarting(Symbol),
    /// The watch of the symbol has panicked.
    #[error("the watch of symbol `{symbol}` panicked: {message}")]
    WatchPanicked {
        /// The symbol.
        symbol: Symbol,
        /// What the panic said.
        message: String,
    },
}
