//! Settings of signals and of each strategy.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Timeframe, duration};
use crate::ports::{Rules, Section};

/// When to buy or sell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The candles that strategies look at; one of `market_data.timeframes`.
    pub timeframe: Timeframe,
    /// After a signal, others of the same symbol are suppressed for so long.
    #[serde(with = "duration")]
    pub cool_down: Duration,
    /// How many signals the history keeps.
    pub history: usize,
    /// The strategy `crossover`.
    pub crossover: CrossoverSettings,
    /// The strategy `breakout`.
    pub breakout: BreakoutSettings,
}

/// The strategy of two moving averages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrossoverSettings {
    /// How many closes the faster average has, 1 or more.
    pub fast: usize,
    /// How many closes the slower average has, more than the faster, at most 1000.
    pub slow: usize,
}

/// The strategy of leaving a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakoutSettings {
    /// How many candles make the range, 1 to 1000.
    pub bars: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeframe: Timeframe::M1,
            cool_down: Duration::from_secs(300),
            history: 1_000,
            crossover: CrossoverSettings::default(),
            breakout: BreakoutSettings::default(),
        }
    }
}

impl Default for CrossoverSettings {
    fn default() -> Self {
        Self { fast: 9, slow: 21 }
    }
}

impl Default for BreakoutSettings {
    fn default() -> Self {
        Self { bars: 20 }
    }
}

impl Section for Settings {
    const NAME: &'static str = "signals";

    fn check(&self, rules: &mut Rules) {
        rules.count("history", self.history);
        let CrossoverSettings { fast, slow } = self.crossover;
        rules.require("crossover.fast", fast >= 1, "1 or more", fast);
        let expected = "more than `signals.crossover.fast`, at most 1000";
        rules.require("crossover.slow", slow > fast && slow <= 1_000, expected, slow);
        let bars = self.breakout.bars;
        rules.require("breakout.bars", (1..=1_000).contains(&bars), "1 to 1000", bars);
    }
}
