//! The strategy of two moving averages.

use std::cmp::Ordering;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{CrossoverSettings, Settings};
use crate::model::Candle;
use crate::ports::{CandleNeed, Direction, IConfigService, IStrategy, Opinion, StrategyParameter, StrategyRole};

/// Buys when the mean of the last `signals.crossover.fast` closes rises above that of the last `slow`, sells when it
/// falls below.
#[derive(Debug, Clone)]
pub struct Crossover {
    name: &'static str,
    role: StrategyRole,
    fast: usize,
    slow: usize,
}

#[di_core::service(provides = IStrategy)]
impl Crossover {
    /// The strategy, under its key in the group.
    #[constructor]
    pub fn new(#[inject(key)] name: &'static str, config: Arc<dyn IConfigService>) -> Self {
        let CrossoverSettings { mode, weight, fast, slow } = config.section::<Settings>().crossover;
        Self { name, role: StrategyRole { mode, weight }, fast, slow }
    }

    /// How the fast average stands to the slow one, exactly: the sums are multiplied, nothing is divided.
    fn compare(&self, bars: &[Candle]) -> Option<Ordering> {
        let fast = sum(bars, self.fast)?.checked_mul(Decimal::from(self.slow))?;
        let slow = sum(bars, self.slow)?.checked_mul(Decimal::from(self.fast))?;
        Some(fast.cmp(&slow))
    }
}

impl IStrategy for Crossover {
    fn name(&self) -> &'static str {
        self.name
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(self.slow.saturating_add(1))]
    }

    fn role(&self) -> StrategyRole {
        self.role
    }

    fn parameters(&self) -> Vec<StrategyParameter> {
        vec![StrategyParameter::count("fast", self.fast, 1, 999), StrategyParameter::count("slow", self.slow, 2, 1_000)]
    }

    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion> {
        let (_, before) = bars.split_last()?;
        let (direction, verb) = match (self.compare(before)?, self.compare(bars)?) {
            (Ordering::Less | Ordering::Equal, Ordering::Greater) => (Direction::Long, "rose above"),
            (Ordering::Greater | Ordering::Equal, Ordering::Less) => (Direction::Short, "fell below"),
            _ => return None,
        };
        let mean = |count: usize| Some(sum(bars, count)?.checked_div(Decimal::from(count))?.round_dp(8).normalize());
        let (fast, slow) = (mean(self.fast)?, mean(self.slow)?);
        let reason = format!("the mean {fast} of {} closes {verb} the mean {slow} of {}", self.fast, self.slow);
        Some(Opinion { direction, reason, doubtful: false })
    }
}

/// The sum of the last `count` closes; `None` when there are fewer.
fn sum(bars: &[Candle], count: usize) -> Option<Decimal> {
    let mut last = bars.get(bars.len().checked_sub(count)?..)?.iter();
    last.try_fold(Decimal::ZERO, |sum, bar| sum.checked_add(bar.close.value()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn evaluate(closes: &[&str]) -> Option<Opinion> {
        let bar = |close: &&str| Candle::flat(Timestamp::default(), close.parse().unwrap());
        let bars: Vec<_> = closes.iter().map(bar).collect();
        Crossover { name: "crossover", role: StrategyRole::default(), fast: 2, slow: 3 }.evaluate(&bars)
    }

    #[test]
    fn without_enough_candles_there_is_no_opinion() {
        assert_eq!(evaluate(&[]), None);
        assert_eq!(evaluate(&["1", "1", "9"]), None);
    }

    #[test]
    fn a_crossing_is_an_opinion_once() {
        let up = evaluate(&["5", "4", "3", "9"]).unwrap();
        assert_eq!(up.direction, Direction::Long);
        assert_eq!(up.reason, "the mean 6 of 2 closes rose above the mean 5.33333333 of 3");
        assert_eq!(evaluate(&["5", "4", "3", "9", "10"]), None);
        assert_eq!(evaluate(&["3", "4", "5", "1"]).unwrap().direction, Direction::Short);
    }

    #[test]
    fn averages_that_are_equal_to_the_last_decimal_have_not_crossed() {
        let third = "0.3333333333333333333333333333";
        assert_eq!(evaluate(&[third; 4]), None);
    }
}
