//! The strategy of leaving the range of the last candles.

use std::sync::Arc;

use super::{BreakoutSettings, Settings};
use crate::model::Candle;
use crate::ports::{CandleNeed, Direction, IConfigService, IStrategy, Opinion, StrategyParameter, StrategyRole};

/// Buys when a candle closes above the highs of the `signals.breakout.bars` before it, sells below their lows.
#[derive(Debug, Clone)]
pub struct Breakout {
    name: &'static str,
    role: StrategyRole,
    bars: usize,
}

#[di_core::service(provides = IStrategy)]
impl Breakout {
    /// The strategy, under its key in the group.
    #[constructor]
    pub fn new(#[inject(key)] name: &'static str, config: Arc<dyn IConfigService>) -> Self {
        let BreakoutSettings { mode, weight, bars } = config.section::<Settings>().breakout;
        Self { name, role: StrategyRole { mode, weight }, bars }
    }
}

impl IStrategy for Breakout {
    fn name(&self) -> &'static str {
        self.name
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(self.bars.saturating_add(1))]
    }

    fn role(&self) -> StrategyRole {
        self.role
    }

    fn parameters(&self) -> Vec<StrategyParameter> {
        vec![StrategyParameter::count("bars", self.bars, 1, 1_000)]
    }

    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion> {
        let (last, before) = bars.split_last()?;
        let range = before.get(before.len().checked_sub(self.bars)?..)?;
        let high = range.iter().map(|bar| bar.high).max()?;
        let low = range.iter().map(|bar| bar.low).min()?;
        let (direction, reason) = if last.close > high {
            (Direction::Long, format!("closed at {} above the high {high} of {} candles", last.close, self.bars))
        } else if last.close < low {
            (Direction::Short, format!("closed at {} below the low {low} of {} candles", last.close, self.bars))
        } else {
            return None;
        };
        Some(Opinion { direction, reason, doubtful: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn evaluate(closes: &[&str]) -> Option<Opinion> {
        let bar = |close: &&str| Candle::flat(Timestamp::default(), close.parse().unwrap());
        let bars: Vec<_> = closes.iter().map(bar).collect();
        Breakout { name: "breakout", role: StrategyRole::default(), bars: 3 }.evaluate(&bars)
    }

    #[test]
    fn without_enough_candles_there_is_no_opinion() {
        assert_eq!(evaluate(&[]), None);
        assert_eq!(evaluate(&["1", "2", "9"]), None);
    }

    #[test]
    fn a_close_beyond_the_range_is_an_opinion_and_one_on_its_edge_is_not() {
        let up = evaluate(&["99", "1", "2", "3", "3.01"]).unwrap();
        assert_eq!(
            (up.direction, up.reason.as_str()),
            (Direction::Long, "closed at 3.01 above the high 3 of 3 candles")
        );
        assert_eq!(evaluate(&["1", "2", "3", "0.99"]).unwrap().direction, Direction::Short);
        assert_eq!(evaluate(&["1", "2", "3", "3"]), None);
        assert_eq!(evaluate(&["1", "2", "3", "1"]), None);
    }
}
