//! Alerts.

use std::fmt;
use std::time::Duration;

use di_core::events::Event;
use serde::{Deserialize, Serialize};

use crate::model::{InstrumentId, Timestamp};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertLevel {
    /// Good to know.
    Info,
    /// Somebody should look.
    Warning,
    /// Something is wrong.
    Error,
    /// Somebody must act now.
    Critical,
}

/// What an alert is about. All of it together is the key of de-duplication and cool-down.
///
/// ```
/// use trading_services::ports::AlertContext;
///
/// let about_nothing = AlertContext { rule: "test", ..AlertContext::default() };
/// assert_eq!(AlertContext::service("unhealthy", "WebhookChannel").instrument, about_nothing.instrument);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlertContext {
    /// The rule that raised it, for example `price-move`.
    pub rule: &'static str,
    /// The instrument that it is about.
    pub instrument: Option<InstrumentId>,
    /// The service of the platform that it is about. Such an alert depends on the machine, and not on events alone: it
    /// is not in the event log.
    pub service: Option<&'static str>,
}

/// An alert that was sent; as an event, the topic `alert.raised`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Its number, rising from 1.
    pub id: u64,
    /// When it was raised, by the injected clock.
    pub time: Timestamp,
    /// How bad it is.
    pub level: AlertLevel,
    /// The rule that raised it.
    pub rule: &'static str,
    /// The instrument that it is about.
    pub instrument: Option<InstrumentId>,
    /// The service of the platform that it is about.
    pub service: Option<&'static str>,
    /// What happened, for people.
    pub message: String,
    /// Whether this is its escalation: nobody has acknowledged it in time. A receiver tells the two apart by this, for both
    /// have the alert's number.
    pub escalated: bool,
}

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertOutcome {
    /// It is in the history under this number and due for delivery.
    Sent(u64),
    /// The same text was sent for the same key within `alerts.dedupe_window`.
    Duplicate,
    /// Another text was sent for the same key, not at a lower level, within `alerts.cool_down`.
    CoolingDown,
    /// It is below `alerts.min_level`.
    BelowLevel,
}

/// The configured limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertThresholds {
    /// Alerts below are suppressed.
    pub min_level: AlertLevel,
    /// How long other texts of the same key are suppressed.
    pub cool_down: Duration,
    /// How long the same text of the same key is suppressed.
    pub dedupe_window: Duration,
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AlertStats {
    /// Alerts that were sent.
    pub sent: u64,
    /// Alerts that were suppressed as duplicates.
    pub duplicates: u64,
    /// Alerts that were suppressed within their cool-down.
    pub cooled_down: u64,
    /// Alerts that were suppressed below the lowest level.
    pub below_level: u64,
    /// Deliveries that succeeded, per alert and channel.
    pub delivered: u64,
    /// Deliveries that failed for good.
    pub failed: u64,
    /// Deliveries that were given up because a channel was too slow.
    pub dropped: u64,
    /// Deliveries that wait; after the stop, those that there was no time for.
    pub pending: u64,
}

/// Alerts that somebody should know of and nobody has acknowledged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OpenAlerts {
    /// How many there are.
    pub total: usize,
    /// The newest of them, newest first.
    pub latest: Vec<Alert>,
}

impl AlertStats {
    /// Deliveries that have not succeeded: failed, given up or, until now, waiting.
    pub const fn undelivered(&self) -> u64 {
        self.failed + self.dropped + self.pending
    }
}

impl Alert {
    /// Its escalation, after nobody has acknowledged it for so long.
    pub fn escalate(&self, after: Duration) -> Self {
        let waited = humantime::format_duration(after);
        let message = format!("nobody has acknowledged this for {waited}: {}", self.message);
        Self { message, escalated: true, ..self.clone() }
    }
}

impl Event for Alert {
    const TOPIC: &'static str = "alert.raised";
    // `IAlertService::alerts` remembers them, as many as `alerts.history` says.
    const HISTORY: usize = 0;
}

impl AlertLevel {
    /// Its name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl AlertContext {
    /// A context about one instrument.
    pub fn instrument(rule: &'static str, instrument: &InstrumentId) -> Self {
        Self { rule, instrument: Some(instrument.clone()), service: None }
    }

    /// A context about one service.
    pub fn service(rule: &'static str, service: &'static str) -> Self {
        Self { rule, instrument: None, service: Some(service) }
    }
}

impl fmt::Display for AlertLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
