//! Due times of events on the wall.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::Speed;
use crate::model::Timestamp;

/// Keeps the distance of events from the first one, so that delays do not add up.
#[derive(Debug)]
pub(super) struct Pace {
    speed: Speed,
    first: Option<(Timestamp, Instant)>,
}

impl Pace {
    pub(super) fn new(speed: Speed) -> Self {
        Self { speed, first: None }
    }

    /// When an event of that time is due; `None` for at once.
    pub(super) fn due(&mut self, time: Timestamp) -> Option<Instant> {
        if self.speed == Speed::Max {
            return None;
        }
        let now = Instant::now();
        let (first, started) = *self.first.get_or_insert((time, now));
        // A pause of years, from a wrong time, would overflow the instant.
        let wait = self.speed.wall(time.since(first)).min(Duration::from_secs(86_400 * 365));
        Some(started + wait).filter(|due| *due > now)
    }
}
