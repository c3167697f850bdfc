//! What can go wrong at a venue.

use crate::domain::Symbol;
use crate::recording::RecordingError;

/// Why a venue did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// There is no venue with that name.
    #[error("unknown exchange `{name}`: expected one of {known}")]
    UnknownExchange {
        /// The name that was asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The venue does not offer that symbol.
    #[error("unknown symbol `{symbol}` at `{exchange}`: expected one of {known}")]
    UnknownSymbol {
        /// The symbol that was asked for.
        symbol: Symbol,
        /// The venue.
        exchange: &'static str,
        /// The symbols that it offers.
        known: String,
    },
    /// The venue cannot do that at all.
    #[error("`{exchange}` cannot {what}")]
    Unsupported {
        /// The venue.
        exchange: &'static str,
        /// What it cannot do.
        what: &'static str,
    },
    /// A setting is missing without which the venue cannot work.
    #[error("`{exchange}` is not configured: expected a value for `{key}`")]
    NotConfigured {
        /// The venue.
        exchange: &'static str,
        /// The key of the missing setting.
        key: &'static str,
    },
    /// A recording is missing or broken.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

/// Names for a message: sorted as given, separated by commas.
pub(super) fn list<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}
