//! Health trends over hours, in little memory: counts per minute.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::lifecycle::HealthStatus;
use crate::lifecycle::millis::{as_millis, as_optional_millis};

const MINUTE: Duration = Duration::from_secs(60);
/// What is older than a day is forgotten.
const KEPT: u64 = 24 * 60;

/// How a service fared over a time: how often it was what, and whether it gets better.
///
/// The time is rounded up to whole minutes, and is a day at most.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HealthTrend {
    /// The service.
    pub service: &'static str,
    /// The time that was asked for.
    #[serde(rename = "over_ms", serialize_with = "as_millis")]
    pub over: Duration,
    /// How often it was looked at, and was healthy.
    pub healthy: u32,
    /// And was degraded.
    pub degraded: u32,
    /// And was unhealthy.
    pub unhealthy: u32,
    /// How long its checks took on average.
    #[serde(rename = "mean_took_ms", serialize_with = "as_optional_millis")]
    pub mean_took: Option<Duration>,
    /// How long the slowest took.
    #[serde(rename = "slowest_ms", serialize_with = "as_optional_millis")]
    pub slowest: Option<Duration>,
    /// Whether the newer half of the time was better than the older.
    pub direction: Direction,
}

/// Whether it gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The share of healthy moments has grown by more than five per cent of all.
    Improving,
    /// It has not changed much, or there is too little to compare.
    Steady,
    /// It has shrunk by more than that.
    Worsening,
}

impl HealthTrend {
    /// How often it was looked at.
    pub fn looks(&self) -> u32 {
        self.healthy + self.degraded + self.unhealthy
    }

    /// The share of moments at which it worked, if only so so: from 0 to 1. Nothing if it was never looked at.
    pub fn availability(&self) -> Option<f64> {
        let looks = self.looks();
        (looks > 0).then(|| f64::from(self.healthy + self.degraded) / f64::from(looks))
    }
}

/// Counts per minute, the oldest first; minutes in which nothing was counted are not there.
#[derive(Debug, Default)]
pub(super) struct Minutes(VecDeque<Minute>);

#[derive(Debug, Clone, Default)]
struct Minute {
    number: u64,
    healthy: u32,
    degraded: u32,
    unhealthy: u32,
    checks: u32,
    took: Duration,
    slowest: Duration,
}

impl Minutes {
    /// Counts one look at a service.
    pub(super) fn count(&mut self, now: Duration, status: HealthStatus, took: Option<Duration>) {
        let number = minute_of(now);
        while self.0.front().is_some_and(|minute| minute.number + KEPT <= number) {
            self.0.pop_front();
        }
        if self.0.back().is_none_or(|minute| minute.number != number) {
            self.0.push_back(Minute { number, ..Minute::default() });
        }
        let Some(minute) = self.0.back_mut() else { return };
        match status {
            HealthStatus::Healthy => minute.healthy += 1,
            HealthStatus::Degraded => minute.degraded += 1,
            HealthStatus::Unhealthy => minute.unhealthy += 1,
            // Whoever starts or stops is neither well nor ill.
            HealthStatus::Starting | HealthStatus::Stopping | HealthStatus::Stopped => {}
        }
        if let Some(took) = took {
            minute.checks += 1;
            minute.took += took;
            minute.slowest = minute.slowest.max(took);
        }
    }

    pub(super) fn trend(&self, service: &'static str, now: Duration, over: Duration) -> HealthTrend {
        let span = over.as_secs().div_ceil(MINUTE.as_secs()).clamp(1, KEPT);
        let first = (minute_of(now) + 1).saturating_sub(span);
        let middle = first + span / 2;
        let newest = self.0.iter().filter(|minute| minute.number >= first);
        let (mut older, mut newer) = (Minute::default(), Minute::default());
        for minute in newest {
            let half = if minute.number < middle { &mut older } else { &mut newer };
            half.add(minute);
        }
        let direction = direction(&older, &newer);
        let mut all = older;
        all.add(&newer);
        HealthTrend {
            service,
            over,
            healthy: all.healthy,
            degraded: all.degraded,
            unhealthy: all.unhealthy,
            mean_took: all.took.checked_div(all.checks),
            slowest: (all.checks > 0).then_some(all.slowest),
            direction,
        }
    }
}

impl Minute {
    fn add(&mut self, other: &Self) {
        self.healthy += other.healthy;
        self.degraded += other.degraded;
        self.unhealthy += other.unhealthy;
        self.checks += other.checks;
        self.took += other.took;
        self.slowest = self.slowest.max(other.slowest);
    }

    fn share_of_healthy(&self) -> Option<f64> {
        let looks = self.healthy + self.degraded + self.unhealthy;
        (looks > 0).then(|| f64::from(self.healthy) / f64::from(looks))
    }
}

fn direction(older: &Minute, newer: &Minute) -> Direction {
    const MUCH: f64 = 0.05;
    let (Some(before), Some(after)) = (older.share_of_healthy(), newer.share_of_healthy()) else {
        return Direction::Steady;
    };
    if after > before + MUCH {
        Direction::Improving
    } else if after < before - MUCH {
        Direction::Worsening
    } else {
        Direction::Steady
    }
}

fn minute_of(moment: Duration) -> u64 {
    moment.as_secs() / MINUTE.as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u64) -> Duration {
        MINUTE * u32::try_from(minute).unwrap_or(u32::MAX)
    }

    #[test]
    fn a_service_that_gets_worse_is_worsening_over_the_time_asked_for() {
        let mut minutes = Minutes::default();
        for minute in 0..10 {
            let status = if minute < 8 { HealthStatus::Healthy } else { HealthStatus::Unhealthy };
            minutes.count(at(minute), status, Some(Duration::from_millis(minute)));
        }
        let trend = minutes.trend("venue", at(9), at(4));
        assert_eq!((trend.healthy, trend.unhealthy, trend.direction), (2, 2, Direction::Worsening));
        assert_eq!(trend.slowest, Some(Duration::from_millis(9)));
        assert_eq!(trend.availability(), Some(0.5));
        assert_eq!(minutes.trend("venue", at(9), at(2)).direction, Direction::Steady, "it was ill throughout");
    }

    #[test]
    fn a_day_is_kept_and_no_more() {
        let mut minutes = Minutes::default();
        for minute in 0..3 * KEPT {
            minutes.count(at(minute), HealthStatus::Healthy, None);
        }
        assert_eq!(minutes.0.len(), usize::try_from(KEPT).unwrap_or_default());
        let trend = minutes.trend("venue", at(3 * KEPT - 1), at(10 * KEPT));
        assert_eq!((u64::from(trend.healthy), trend.mean_took), (KEPT, None));
    }

    #[test]
    fn of_a_service_that_nobody_looked_at_nothing_is_known() {
        let trend = Minutes::default().trend("venue", at(9), at(4));
        assert_eq!((trend.looks(), trend.availability(), trend.direction), (0, None, Direction::Steady));
    }
}
