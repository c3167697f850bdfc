//! Health records: the state of one service at one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::lifecycle::HealthStatus;
use crate::lifecycle::millis::{as_millis, as_optional_millis};

/// How a service is, or was; JSON by `serde`.
///
/// Moments are those of the application's clock, [`Time`](crate::lifecycle::Time): durations since its beginning.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HealthRecord {
    /// Its name in the plan.
    pub service: &'static str,
    /// What its check says, or its lifecycle where it has no check.
    pub status: HealthStatus,
    /// The same, but at most degraded while something that it depends on is unhealthy.
    pub effective: HealthStatus,
    /// The unhealthy services because of which it is degraded, in start order.
    pub because_of: Vec<&'static str>,
    /// What it depends on directly.
    pub dependencies: Vec<&'static str>,
    /// Whether its check asks the outside world, and so does not count for liveness.
    pub external: bool,
    /// The moment of this record.
    #[serde(rename = "at_ms", serialize_with = "as_millis")]
    pub at: Duration,
    /// The moment at which its check answered last, whatever it said.
    #[serde(rename = "last_heartbeat_ms", serialize_with = "as_optional_millis")]
    pub last_heartbeat: Option<Duration>,
    /// How long its last check took.
    #[serde(rename = "took_ms", serialize_with = "as_optional_millis")]
    pub took: Option<Duration>,
    /// What is wrong.
    pub errors: Vec<String>,
    /// What its check tells beside.
    pub metadata: BTreeMap<String, String>,
    /// What an operator could do about it.
    pub suggested_actions: Vec<String>,
}
