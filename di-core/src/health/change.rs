//! Changes of health, and the streams on which they arrive.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::broadcast;

use super::record::HealthRecord;
use crate::lifecycle::HealthStatus;
use crate::lifecycle::millis::as_millis;

/// A service has another effective status than before: the topic `service.health_changed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HealthChanged {
    /// The service.
    pub service: &'static str,
    /// Its effective status before.
    pub from: HealthStatus,
    /// Its effective status now.
    pub to: HealthStatus,
    /// How it is now.
    pub record: HealthRecord,
}

/// A service has become unhealthy: the topic `service.unhealthy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServiceUnhealthy {
    /// The service.
    pub service: &'static str,
    /// The moment, on the application's clock.
    #[serde(rename = "at_ms", serialize_with = "as_millis")]
    pub at: Duration,
    /// What is wrong.
    pub errors: Vec<String>,
    /// What an operator could do about it; never empty.
    pub suggested_actions: Vec<String>,
    /// The services that are at most degraded because of it, in start order.
    pub affects: Vec<&'static str>,
}

/// What a listener is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum HealthEvent {
    /// A service has another effective status.
    #[serde(rename = "service.health_changed")]
    Changed(HealthChanged),
    /// A service has become unhealthy.
    #[serde(rename = "service.unhealthy")]
    Unhealthy(ServiceUnhealthy),
}

impl HealthEvent {
    /// The name of its topic.
    pub fn topic(&self) -> &'static str {
        match self {
            Self::Changed(_) => HealthChanged::NAME,
            Self::Unhealthy(_) => ServiceUnhealthy::NAME,
        }
    }

    /// The service of which it tells.
    pub fn service(&self) -> &'static str {
        match self {
            Self::Changed(changed) => changed.service,
            Self::Unhealthy(unhealthy) => unhealthy.service,
        }
    }
}

impl HealthChanged {
    const NAME: &'static str = "service.health_changed";
}

impl ServiceUnhealthy {
    const NAME: &'static str = "service.unhealthy";
}

#[cfg(feature = "events")]
impl crate::events::Event for HealthChanged {
    const TOPIC: &'static str = Self::NAME;
}

#[cfg(feature = "events")]
impl crate::events::Event for ServiceUnhealthy {
    const TOPIC: &'static str = Self::NAME;
}

/// Listens to changes: what [`HealthMonitor::subscribe`](super::HealthMonitor::subscribe) gives.
///
/// It is told of each change from then on. One that is slower than a thousand changes misses the oldest, and says so
/// in the log.
pub struct HealthEvents(Option<broadcast::Receiver<HealthEvent>>);

impl HealthEvents {
    pub(super) fn new(receiver: Option<broadcast::Receiver<HealthEvent>>) -> Self {
        Self(receiver)
    }

    /// The next change; nothing once the application has stopped and all has been told. It may be dropped and called
    /// again.
    pub async fn next(&mut self) -> Option<HealthEvent> {
        loop {
            match self.0.as_mut()?.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "a listener is slower than the health of the services changes");
                }
                Err(broadcast::error::RecvError::Closed) => self.0 = None,
            }
        }
    }
}

impl fmt::Debug for HealthEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthEvents").field("has_ended", &self.0.is_none()).finish()
    }
}
