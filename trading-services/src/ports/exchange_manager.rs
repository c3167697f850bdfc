//! The interface of all venues together, and their state.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ports::{ExchangeError, IExchange};

/// All venues together.
#[di_core::interface]
pub trait IExchangeManager {
    /// The names of all venues, in declaration order.
    fn available_exchanges(&self) -> Vec<&'static str>;

    /// How the venue `name` is, or how all are.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`].
    fn exchange_status(&self, name: Option<&str>) -> Result<Vec<ExchangeStatus>, ExchangeError>;

    /// The first venue in the configured order that is not unhealthy; when all are, the first.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`] when the configured order names a venue that does not exist.
    fn primary(&self) -> Result<Arc<dyn IExchange>, ExchangeError>;

    /// The venue with that name.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`].
    fn exchange(&self, name: &str) -> Result<Arc<dyn IExchange>, ExchangeError>;

    /// Notes that the venue sent something, by the injected clock.
    fn record_heartbeat(&self, name: &str);

    /// Notes that the venue failed at something.
    fn record_error(&self, name: &str);
}

/// How a venue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeHealth {
    /// Nothing was heard of it and nothing failed yet.
    Unknown,
    /// It sends and nothing fails.
    Healthy,
    /// Some calls failed, fewer than the limit.
    Degraded,
    /// Too long silent, or too much failed.
    Unhealthy,
}

/// The state of one venue at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeStatus {
    /// The venue.
    pub name: &'static str,
    /// The verdict.
    pub health: ExchangeHealth,
    /// How long ago it sent something; `None` when it never did.
    pub heartbeat_age: Option<Duration>,
    /// How many of the last 100 calls failed, in percent, rounded down.
    pub error_percent: u8,
}

impl fmt::Display for ExchangeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, health, heartbeat_age, error_percent } = self;
        let health = match health {
            ExchangeHealth::Unknown => "not heard of yet",
            ExchangeHealth::Healthy => "healthy",
            ExchangeHealth::Degraded => "degraded",
            ExchangeHealth::Unhealthy => "unhealthy",
        };
        write!(f, "`{name}` is {health}")?;
        if let Some(age) = heartbeat_age {
            write!(f, ", silent for {}", humantime::format_duration(Duration::from_secs(age.as_secs())))?;
        }
        write!(f, ", {error_percent} % of its last calls failed")
    }
}
