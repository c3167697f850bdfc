//! Settings of the simulated venue.

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;
use crate::ports::{Rules, Section};

/// The simulated venue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The same seed gives the same events.
    pub seed: u64,
    /// When the simulation begins, by its own clock.
    pub start: Timestamp,
    /// Messages per second over all symbols, 1 to 1,000,000.
    pub events_per_second: u32,
    /// Leaves out every so-many-th depth message of a symbol, to exercise resynchronisation; 0 for never.
    pub gap_every: u32,
    /// Tells that every so-many-th trade was a liquidation, to exercise cascades; 0 for never.
    pub liquidation_every: u32,
    /// Fails every so-many-th request to the venue, to exercise retries; 0 for never.
    pub fail_every: u32,
}

impl Default for Settings {
    fn default() -> Self {
        // 2024-01-01T00:00:00Z: fixed, so that the same seed gives the same log on any day.
        let start = Timestamp::from_nanos(1_704_067_200_000_000_000);
        Self { seed: 42, start, events_per_second: 20, gap_every: 0, liquidation_every: 0, fail_every: 0 }
    }
}

impl Section for Settings {
    const NAME: &'static str = "simulation";

    fn check(&self, rules: &mut Rules) {
        let rate = self.events_per_second;
        rules.require("events_per_second", (1..=1_000_000).contains(&rate), "1 to 1000000", rate);
    }
}
