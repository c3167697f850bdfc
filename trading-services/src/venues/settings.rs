//! Settings of all venues: which, in which order, and how often they may be asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Symbol, duration};
use crate::ports::{Rules, Section};

/// Which venues and symbols.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Venues by name, the preferred one first; a venue that is not named is never used.
    pub order: Vec<String>,
    /// A venue is asked at most so often within any second of the injected clock, 1 to 1000.
    pub requests_per_second: u32,
    /// How often one request is made in all while the venue does not answer, 1 to 20.
    pub attempts: u32,
    /// The symbols to follow; empty means all that the venue offers.
    pub symbols: Vec<Symbol>,
    /// A venue that was silent for so long is unhealthy.
    #[serde(with = "duration")]
    pub heartbeat_timeout: Duration,
    /// A venue of whose last 100 calls more than so many failed is unhealthy, in percent.
    pub max_error_percent: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            order: vec!["simulated".to_owned()],
            requests_per_second: 20,
            attempts: 3,
            symbols: Vec::new(),
            heartbeat_timeout: Duration::from_secs(30),
            max_error_percent: 50,
        }
    }
}

impl Settings {
    /// Whether [`order`](Self::order) names the venue, so that it may be used.
    pub fn names(&self, venue: &str) -> bool {
        self.order.iter().any(|name| name == venue)
    }
}

impl Section for Settings {
    const NAME: &'static str = "exchange";

    fn check(&self, rules: &mut Rules) {
        let order = &self.order;
        let repeats = order.iter().enumerate().any(|(i, name)| order.iter().take(i).any(|n| n == name));
        rules.require("order", !order.is_empty() && !repeats, "at least one venue, each once", format!("{order:?}"));
        let rate = self.requests_per_second;
        rules.require("requests_per_second", (1..=1_000).contains(&rate), "1 to 1000", rate);
        rules.require("attempts", (1..=20).contains(&self.attempts), "1 to 20", self.attempts);
        rules.positive("heartbeat_timeout", self.heartbeat_timeout);
        rules.require("max_error_percent", self.max_error_percent <= 100, "0 to 100", self.max_error_percent);
    }
}
