//! How is a venue: from the age of its last heartbeat and the share of calls that failed.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use crate::domain::Timestamp;

/// Calls that the error rate looks back on.
const WINDOW: usize = 100;

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

/// What the verdict rests on.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    last: Option<Timestamp>,
    failed: VecDeque<bool>,
    failures: usize,
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

impl Pulse {
    pub(super) fn heartbeat(&mut self, now: Timestamp) {
        self.last = Some(now);
        self.record(false);
    }

    pub(super) fn error(&mut self) {
        self.record(true);
    }

    pub(super) fn status(
        &self,
        name: &'static str,
        now: Timestamp,
        timeout: Duration,
        max_error_percent: u8,
    ) -> ExchangeStatus {
        let heartbeat_age = self.last.map(|last| now.since(last));
        let percent = (self.failures * 100).checked_div(self.failed.len()).unwrap_or(0);
        let error_percent = u8::try_from(percent).unwrap_or(100);
        let health = if error_percent > max_error_percent || heartbeat_age.is_some_and(|age| age > timeout) {
            ExchangeHealth::Unhealthy
        } else if self.failures > 0 {
            ExchangeHealth::Degraded
        } else if heartbeat_age.is_none() {
            ExchangeHealth::Unknown
        } else {
            ExchangeHealth::Healthy
        };
        ExchangeStatus { name, health, heartbeat_age, error_percent }
    }

    fn record(&mut self, failed: bool) {
        if self.failed.len() == WINDOW && self.failed.pop_front() == Some(true) {
            self.failures -= 1;
        }
        self.failed.push_back(failed);
        self.failures += usize::from(failed);
    }
}
