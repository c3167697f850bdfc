//! Venue health from heartbeat age and error rate.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::Timestamp;
use crate::ports::{ExchangeHealth, ExchangeStatus};

/// Calls that the error rate looks back on.
const WINDOW: usize = 100;

/// What the verdict rests on.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    last: Option<Timestamp>,
    failed: VecDeque<bool>,
    failures: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    /// The verdict after that many successes and failures, so long after the last success.
    fn health(successes: usize, failures: usize, age: Duration) -> ExchangeHealth {
        let (mut pulse, start) = (Pulse::default(), Timestamp::from_nanos(1));
        (0..successes).for_each(|_| pulse.heartbeat(start));
        (0..failures).for_each(|_| pulse.error());
        pulse.status("test", start.saturating_add(age), TIMEOUT, 50).health
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        assert_eq!(health(10, 0, TIMEOUT), ExchangeHealth::Healthy);
        assert_eq!(health(10, 0, TIMEOUT + Duration::from_nanos(1)), ExchangeHealth::Unhealthy);
        assert_eq!(health(50, 50, Duration::ZERO), ExchangeHealth::Degraded);
        assert_eq!(health(49, 51, Duration::ZERO), ExchangeHealth::Unhealthy);
        assert_eq!(health(99, 1, Duration::ZERO), ExchangeHealth::Degraded);
    }

    #[test]
    fn only_the_last_hundred_calls_count() {
        assert_eq!(health(0, 1, Duration::ZERO), ExchangeHealth::Unhealthy);
        let mut pulse = Pulse::default();
        pulse.error();
        (0..WINDOW).for_each(|_| pulse.heartbeat(Timestamp::default()));
        assert_eq!(pulse.status("test", Timestamp::default(), TIMEOUT, 50).health, ExchangeHealth::Healthy);
    }
}
