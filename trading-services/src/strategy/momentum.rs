//! The strategy of going on: what has moved far goes on moving.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::settings::PERCENT;
use super::{MomentumSettings, Settings};
use crate::model::Candle;
use crate::ports::{CandleNeed, Direction, IConfigService, IStrategy, Opinion, StrategyParameter, StrategyRole};

/// Buys when the close has risen by `signals.momentum.percent` over `bars` candles and had not one candle before, sells
/// when it has fallen so.
#[derive(Debug, Clone)]
pub struct Momentum {
    name: &'static str,
    settings: MomentumSettings,
}

#[di_core::service(provides = IStrategy)]
impl Momentum {
    /// The strategy, under its key in the group.
    #[constructor]
    pub fn new(#[inject(key)] name: &'static str, config: Arc<dyn IConfigService>) -> Self {
        Self { name, settings: config.section::<Settings>().momentum }
    }

    /// By how much the last close has moved, in percent.
    fn moved(&self, bars: &[Candle]) -> Option<Decimal> {
        let (last, first) = (bars.last()?, bars.get(bars.len().checked_sub(self.settings.bars.checked_add(1)?)?)?);
        let difference = last.close.value().checked_sub(first.close.value())?;
        difference.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(first.close.value())
    }
}

impl IStrategy for Momentum {
    fn name(&self) -> &'static str {
        self.name
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(self.settings.bars.saturating_add(2))]
    }

    fn role(&self) -> StrategyRole {
        StrategyRole { mode: self.settings.mode, weight: self.settings.weight }
    }

    fn parameters(&self) -> Vec<StrategyParameter> {
        let [min, max] = PERCENT;
        vec![
            StrategyParameter::count("bars", self.settings.bars, 1, 1_000),
            StrategyParameter { name: "percent", value: self.settings.percent, min, max },
        ]
    }

    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion> {
        let (_, before) = bars.split_last()?;
        let (before, now, MomentumSettings { bars, percent, .. }) =
            (self.moved(before)?, self.moved(bars)?, self.settings);
        let (direction, verb) = if now >= percent && before < percent {
            (Direction::Long, "rose")
        } else if now <= -percent && before > -percent {
            (Direction::Short, "fell")
        } else {
            return None;
        };
        let by = now.abs().round_dp(4).normalize();
        Some(Opinion {
            direction,
            reason: format!("the close {verb} by {by} percent over {bars} candles"),
            doubtful: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn evaluate(closes: &[&str]) -> Option<Opinion> {
        let bar = |close: &&str| Candle::flat(Timestamp::default(), close.parse().unwrap());
        let bars: Vec<_> = closes.iter().map(bar).collect();
        let settings = MomentumSettings { bars: 2, percent: Decimal::TEN, ..MomentumSettings::default() };
        Momentum { name: "momentum", settings }.evaluate(&bars)
    }

    #[test]
    fn a_move_that_is_far_enough_is_an_opinion_once() {
        let up = evaluate(&["100", "100", "105", "110"]).unwrap();
        assert_eq!(up.reason, "the close rose by 10 percent over 2 candles");
        assert_eq!(up.direction, Direction::Long);
        assert_eq!(evaluate(&["90", "100", "105", "111"]), None, "it had moved so far before");
        assert_eq!(evaluate(&["100", "100", "95", "89"]).unwrap().direction, Direction::Short);
        assert_eq!(evaluate(&["100", "105", "110"]), None, "there are not enough candles");
    }
}
