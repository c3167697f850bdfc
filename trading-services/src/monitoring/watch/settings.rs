//! Settings of the rules that raise alerts.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::ports::{Rules, Section};

/// What raises alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A price that moves so far within [`price_move_window`](Self::price_move_window), in percent.
    pub price_move_percent: Decimal,
    /// Within which time.
    #[serde(with = "duration")]
    pub price_move_window: Duration,
    /// A single trade of so much, in quote currency.
    pub large_trade: Decimal,
    /// A message that arrives so long after it happened at the venue.
    #[serde(with = "duration")]
    pub max_lag: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            price_move_percent: Decimal::new(1, 1),
            price_move_window: Duration::from_secs(60),
            large_trade: Decimal::from(50_000),
            max_lag: Duration::from_secs(5),
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "monitor";

    fn check(&self, rules: &mut Rules) {
        rules.above_zero("price_move_percent", self.price_move_percent);
        rules.positive("price_move_window", self.price_move_window);
        rules.above_zero("large_trade", self.large_trade);
        rules.positive("max_lag", self.max_lag);
    }
}
