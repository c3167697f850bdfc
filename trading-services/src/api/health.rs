//! Health records as JSON, with times of the wall.

use std::time::{Duration, SystemTime};

use di_core::health::{HealthMonitor, HealthRecord, HealthStatus, HealthTrend};
use di_core::lifecycle::Context;
use serde::Serialize;

use crate::model::Timestamp;

/// Over which time the trend of a service is told.
const HOUR: Duration = Duration::from_secs(3_600);

/// A moment of the application's clock, and what time of the wall it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wall {
    moment: Duration,
    time: SystemTime,
}

/// The whole picture.
#[derive(Serialize)]
pub(super) struct Overview {
    /// When this was asked.
    time: String,
    status: HealthStatus,
    ready: bool,
    live: bool,
    services: Vec<Record>,
}

/// One service.
#[derive(Serialize)]
pub(super) struct Details {
    current: Record,
    /// Over the last hour.
    trend: HealthTrend,
    /// The last records, the oldest first.
    history: Vec<Record>,
}

/// A record with what tells it from all others.
#[derive(Serialize)]
struct Record {
    /// Its service and its moment: the same record has the same one whenever it is asked for.
    id: String,
    /// Its moment, by the clock of the machine.
    time: String,
    /// Who says so: the `check` of the service, or the `lifecycle` where it has none or was not asked yet.
    source: &'static str,
    #[serde(flatten)]
    record: HealthRecord,
}

impl Wall {
    /// Both clocks now. They are asked for each answer: the one of the wall is set, and may go on while the other stands.
    pub(super) fn now(context: &Context) -> Self {
        Self { moment: context.time().now(), time: SystemTime::now() }
    }

    fn time(self, moment: Duration) -> Timestamp {
        let later = self.time.checked_add(moment.saturating_sub(self.moment));
        let time = later.and_then(|later| later.checked_sub(self.moment.saturating_sub(moment)));
        time.unwrap_or(self.time).into()
    }

    fn record(self, record: HealthRecord) -> Record {
        let id = format!("{}@{}", record.service, record.at.as_nanos());
        let source = if record.last_heartbeat.is_some() { "check" } else { "lifecycle" };
        Record { id, time: self.time(record.at).to_string(), source, record }
    }
}

impl Overview {
    pub(super) fn of(health: &HealthMonitor, wall: Wall) -> Self {
        let (status, ready, live) = (health.overall(), health.ready(), health.live());
        let services = health.current().into_iter().map(|record| wall.record(record)).collect();
        Self { time: Timestamp::from(SystemTime::now()).to_string(), status, ready, live, services }
    }
}

impl Details {
    /// `None` if no service is called so.
    pub(super) fn of(health: &HealthMonitor, wall: Wall, name: &str) -> Option<Self> {
        let (current, trend) = (health.of(name)?, health.trend(name, HOUR)?);
        let history = health.history(name).into_iter().map(|record| wall.record(record)).collect();
        Some(Self { current: wall.record(current), trend, history })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_before_or_after_the_known_one_has_its_time() {
        let known = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let wall = Wall { moment: Duration::from_secs(10), time: known };
        let at = |seconds: u64| wall.time(Duration::from_secs(seconds)).as_nanos() / 1_000_000_000;
        assert_eq!([10, 7, 12].map(at), [1_000, 997, 1_002]);
    }
}
