//! Settings of books and candles.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{Timeframe, duration};
use crate::ports::{Rules, Section};

/// Books and candles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Of which lengths candles are built.
    pub timeframes: Vec<Timeframe>,
    /// How many closed candles are kept per symbol and timeframe.
    pub candle_history: usize,
    /// A symbol that was silent for so long is degraded.
    #[serde(with = "duration")]
    pub stale_after: Duration,
    /// A trade that is further from the last one, in percent and by many steps, is doubtful until a second one confirms it.
    pub max_price_jump_percent: Decimal,
    /// A trade that is dated so long after it was received is not taken.
    #[serde(with = "duration")]
    pub max_ahead: Duration,
    /// A book that waits for a snapshot for so long is told of.
    #[serde(with = "duration")]
    pub snapshot_within: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeframes: Timeframe::ALL.to_vec(),
            candle_history: 1_000,
            stale_after: Duration::from_secs(300),
            max_price_jump_percent: Decimal::from(20),
            max_ahead: Duration::from_secs(60),
            snapshot_within: Duration::from_secs(10),
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "market_data";

    fn check(&self, rules: &mut Rules) {
        let frames = &self.timeframes;
        rules.require("timeframes", !frames.is_empty(), "at least one timeframe", format!("{frames:?}"));
        rules.count("candle_history", self.candle_history);
        rules.positive("stale_after", self.stale_after);
        rules.above_zero("max_price_jump_percent", self.max_price_jump_percent);
        rules.positive("max_ahead", self.max_ahead);
        rules.positive("snapshot_within", self.snapshot_within);
    }
}
