//! Errors of venues.

use std::time::Duration;

use di_core::BoxError;

use crate::model::Symbol;

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
    /// More was asked than the configured rate allows; the venue was not asked.
    #[error("`{exchange}` may not be asked again within {}", humantime::format_duration(*retry_after))]
    RateLimited {
        /// The venue.
        exchange: &'static str,
        /// How long to wait, by the injected clock.
        retry_after: Duration,
    },
    /// The venue did not answer; it may the next time.
    #[error("`{exchange}` did not answer: {reason}")]
    Unavailable {
        /// The venue.
        exchange: &'static str,
        /// What happened instead of an answer.
        reason: String,
    },
    /// What the venue reads from, for example a recording, is missing or broken.
    #[error(transparent)]
    Source(BoxError),
}

impl ExchangeError {
    /// Whether the same request may succeed when it is made again; the others fail each time.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } => true,
            Self::UnknownExchange { .. }
            | Self::UnknownSymbol { .. }
            | Self::Unsupported { .. }
            | Self::NotConfigured { .. }
            | Self::Source(_) => false,
        }
    }

    /// How long to wait before the same request makes sense again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }
}
