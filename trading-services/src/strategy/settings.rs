//! Settings of signals and of each strategy.

use std::time::Duration;

use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use crate::model::{Timeframe, duration};
use crate::ports::{Rules, Section, StrategyMode};

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
    /// How far the weights of those with an opinion have to agree: 1 is all of them, 0.5 a majority of three to one.
    pub agreement: Decimal,
    /// The strategy `crossover`.
    pub crossover: CrossoverSettings,
    /// The strategy `breakout`.
    pub breakout: BreakoutSettings,
    /// The strategy `mean_reversion`.
    pub mean_reversion: MeanReversionSettings,
    /// The strategy `momentum`.
    pub momentum: MomentumSettings,
    /// The strategy `confluence`.
    pub confluence: ConfluenceSettings,
    /// The strategy `trend`.
    pub trend: TrendSettings,
}

/// The strategy of two moving averages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrossoverSettings {
    /// Whether it counts.
    pub mode: StrategyMode,
    /// How much its opinion counts beside others.
    pub weight: Decimal,
    /// How many closes the faster average has, 1 or more.
    pub fast: usize,
    /// How many closes the slower average has, more than the faster, at most 1000.
    pub slow: usize,
}

/// The strategy of leaving a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakoutSettings {
    /// Whether it counts.
    pub mode: StrategyMode,
    /// How much its opinion counts beside others.
    pub weight: Decimal,
    /// How many candles make the range, 1 to 1000.
    pub bars: usize,
}

/// The strategy of coming back to the mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeanReversionSettings {
    /// Whether it counts.
    pub mode: StrategyMode,
    /// How much its opinion counts beside others.
    pub weight: Decimal,
    /// How many closes the mean has, 2 to 1000.
    pub bars: usize,
    /// How many standard deviations the bands are from the mean, 0.1 to 10.
    pub deviations: Decimal,
}

/// The strategy of going on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MomentumSettings {
    /// Whether it counts.
    pub mode: StrategyMode,
    /// How much its opinion counts beside others.
    pub weight: Decimal,
    /// Over how many candles the price is compared, 1 to 1000.
    pub bars: usize,
    /// By how much it has to have moved, in percent, 0.01 to 100.
    pub percent: Decimal,
}

/// The strategy of agreement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfluenceSettings {
    /// Whether it counts.
    pub mode: StrategyMode,
    /// How much its opinion counts beside others.
    pub weight: Decimal,
}

/// The strategy of two lengths of candles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrendSettings {
    /// Whether it counts.
    pub mode: StrategyMode,
    /// How much its opinion counts beside others.
    pub weight: Decimal,
    /// The longer candles, which say what the trend is; one of `market_data.timeframes`, longer than `signals.timeframe`.
    pub timeframe: Timeframe,
    /// How many closes of `signals.timeframe` the mean has that is crossed, 2 to 1000.
    pub bars: usize,
    /// How many closes of the longer candles the mean of the trend has, 2 to 1000.
    pub slow: usize,
}

/// The least and the most standard deviations between a band and its mean.
pub(super) const DEVIATIONS: [Decimal; 2] = [dec!(0.1), dec!(10)];

/// The least and the most percent that a price has to have moved.
pub(super) const PERCENT: [Decimal; 2] = [dec!(0.01), dec!(100)];

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeframe: Timeframe::S1,
            cool_down: Duration::from_secs(10),
            history: 1_000,
            agreement: Decimal::ONE,
            crossover: CrossoverSettings::default(),
            breakout: BreakoutSettings::default(),
            mean_reversion: MeanReversionSettings::default(),
            momentum: MomentumSettings::default(),
            confluence: ConfluenceSettings::default(),
            trend: TrendSettings::default(),
        }
    }
}

impl Default for CrossoverSettings {
    fn default() -> Self {
        Self { mode: StrategyMode::On, weight: Decimal::ONE, fast: 9, slow: 21 }
    }
}

impl Default for BreakoutSettings {
    fn default() -> Self {
        Self { mode: StrategyMode::On, weight: Decimal::ONE, bars: 20 }
    }
}

impl Default for MeanReversionSettings {
    fn default() -> Self {
        Self { mode: StrategyMode::Shadow, weight: Decimal::ONE, bars: 20, deviations: Decimal::TWO }
    }
}

impl Default for MomentumSettings {
    fn default() -> Self {
        Self { mode: StrategyMode::Shadow, weight: Decimal::ONE, bars: 10, percent: Decimal::new(5, 1) }
    }
}

impl Default for ConfluenceSettings {
    fn default() -> Self {
        Self { mode: StrategyMode::Off, weight: Decimal::ONE }
    }
}

impl Default for TrendSettings {
    fn default() -> Self {
        Self { mode: StrategyMode::Off, weight: Decimal::ONE, timeframe: Timeframe::M5, bars: 10, slow: 20 }
    }
}

impl Section for Settings {
    const NAME: &'static str = "signals";

    fn check(&self, rules: &mut Rules) {
        rules.count("history", self.history);
        let agreement = self.agreement;
        let holds = agreement > Decimal::ZERO && agreement <= Decimal::ONE;
        rules.require("agreement", holds, "above 0, at most 1", agreement);
        let CrossoverSettings { weight, fast, slow, .. } = self.crossover;
        rules.above_zero("crossover.weight", weight);
        rules.require("crossover.fast", fast >= 1, "1 or more", fast);
        let expected = "more than `signals.crossover.fast`, at most 1000";
        rules.require("crossover.slow", slow > fast && slow <= 1_000, expected, slow);
        let BreakoutSettings { weight, bars, .. } = self.breakout;
        rules.above_zero("breakout.weight", weight);
        rules.require("breakout.bars", (1..=1_000).contains(&bars), "1 to 1000", bars);
        let MeanReversionSettings { weight, bars, deviations, .. } = self.mean_reversion;
        rules.above_zero("mean_reversion.weight", weight);
        rules.require("mean_reversion.bars", (2..=1_000).contains(&bars), "2 to 1000", bars);
        let [least, most] = DEVIATIONS;
        rules.require("mean_reversion.deviations", (least..=most).contains(&deviations), "0.1 to 10", deviations);
        let MomentumSettings { weight, bars, percent, .. } = self.momentum;
        rules.above_zero("momentum.weight", weight);
        rules.require("momentum.bars", (1..=1_000).contains(&bars), "1 to 1000", bars);
        let [least, most] = PERCENT;
        rules.require("momentum.percent", (least..=most).contains(&percent), "0.01 to 100", percent);
        rules.above_zero("confluence.weight", self.confluence.weight);
        let TrendSettings { mode, weight, timeframe, bars, slow } = self.trend;
        rules.above_zero("trend.weight", weight);
        rules.require("trend.bars", (2..=1_000).contains(&bars), "2 to 1000", bars);
        rules.require("trend.slow", (2..=1_000).contains(&slow), "2 to 1000", slow);
        let holds = mode == StrategyMode::Off || timeframe > self.timeframe;
        rules.require("trend.timeframe", holds, "longer than `signals.timeframe`", timeframe);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_strategy_says_of_the_range_of_a_parameter_is_what_is_checked() {
        let violations = |settings: &Settings| {
            let mut rules = Rules::default();
            rules.enter(Settings::NAME);
            settings.check(&mut rules);
            rules.into_violations().len()
        };
        let hair = dec!(0.0001);
        for (range, set) in [
            (DEVIATIONS, (|settings, value| settings.mean_reversion.deviations = value) as fn(&mut Settings, Decimal)),
            (PERCENT, |settings, value| settings.momentum.percent = value),
        ] {
            let found = [range[0] - hair, range[0], range[1], range[1] + hair].map(|value| {
                let mut settings = Settings::default();
                set(&mut settings, value);
                violations(&settings)
            });
            assert_eq!(found, [1, 0, 0, 1], "{range:?}");
        }
    }
}
