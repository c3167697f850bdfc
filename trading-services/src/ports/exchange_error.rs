//! Errors of venues.

use std::time::Duration;

use di_core::error::BoxError;

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
    /// The venue does not let us in for a while: it was asked too often.
    #[error("`{exchange}` has banned us: it may not be asked again within {}", humantime::format_duration(*retry_after))]
    Banned {
        /// The venue.
        exchange: &'static str,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The venue does not serve this address: by its region, or its firewall.
    #[error("`{exchange}` does not serve us: {reason}")]
    Forbidden {
        /// The venue.
        exchange: &'static str,
        /// What it said.
        reason: String,
    },
    /// The venue is closed for maintenance.
    #[error("`{exchange}` is under maintenance: {reason}")]
    Maintenance {
        /// The venue.
        exchange: &'static str,
        /// What it said.
        reason: String,
    },
    /// The venue has understood and does not want to.
    #[error("`{exchange}` refused: {reason} (code {code})")]
    Refused {
        /// The venue.
        exchange: &'static str,
        /// Its code for it.
        code: i64,
        /// What it said.
        reason: String,
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
    /// Whether the same request may succeed when it is made again at once; for the others something has to change first.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Banned { .. } | Self::Maintenance { .. } => {
                true
            }
            Self::UnknownExchange { .. }
            | Self::UnknownSymbol { .. }
            | Self::Unsupported { .. }
            | Self::NotConfigured { .. }
            | Self::Forbidden { .. }
            | Self::Refused { .. }
            | Self::Source(_) => false,
        }
    }

    /// Whether the same request fails each time, whatever changes at the venue: what was asked is wrong or unknown here.
    pub fn is_final(&self) -> bool {
        match self {
            Self::UnknownExchange { .. }
            | Self::UnknownSymbol { .. }
            | Self::Unsupported { .. }
            | Self::NotConfigured { .. } => true,
            Self::RateLimited { .. }
            | Self::Banned { .. }
            | Self::Forbidden { .. }
            | Self::Maintenance { .. }
            | Self::Refused { .. }
            | Self::Unavailable { .. }
            | Self::Source(_) => false,
        }
    }

    /// How long to wait before the same request makes sense again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Banned { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }
}
