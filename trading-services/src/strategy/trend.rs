//! The strategy of two lengths of candles: with the trend of the longer one, at a turn of the shorter one.

use std::cmp::Ordering;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Settings, TrendSettings};
use crate::model::Candle;
use crate::ports::{
    CandleNeed, Direction, IConfigService, IStrategy, Opinion, StrategyParameter, StrategyRole, StrategyView,
};

/// Buys when the close rises above the mean of the last `signals.trend.bars` closes while the last longer candle has closed
/// above the mean of its last `slow` closes; sells when both are the other way round.
#[derive(Debug, Clone)]
pub struct Trend {
    name: &'static str,
    settings: TrendSettings,
}

#[di_core::service(provides = IStrategy)]
impl Trend {
    /// The strategy, under its key in the group.
    #[constructor]
    pub fn new(#[inject(key)] name: &'static str, config: Arc<dyn IConfigService>) -> Self {
        Self { name, settings: config.section::<Settings>().trend }
    }
}

impl IStrategy for Trend {
    fn name(&self) -> &'static str {
        self.name
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        let TrendSettings { timeframe, bars, slow, .. } = self.settings;
        vec![CandleNeed::bars(bars.saturating_add(1)), CandleNeed::of(timeframe, slow)]
    }

    fn role(&self) -> StrategyRole {
        StrategyRole { mode: self.settings.mode, weight: self.settings.weight }
    }

    fn parameters(&self) -> Vec<StrategyParameter> {
        let TrendSettings { bars, slow, .. } = self.settings;
        vec![StrategyParameter::count("bars", bars, 2, 1_000), StrategyParameter::count("slow", slow, 2, 1_000)]
    }

    /// Of candles of one length it has no opinion.
    fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
        None
    }

    fn evaluate_view(&self, view: &StrategyView<'_>) -> Option<Opinion> {
        let TrendSettings { timeframe, bars, slow, .. } = self.settings;
        let longer = view.of(timeframe);
        let (trend, (last, before)) = (Place::of(longer, slow)?, view.bars.split_last()?);
        let (was, is) = (Place::of(before, bars)?, Place::of(view.bars, bars)?);
        let (direction, side) = match (was.side, is.side, trend.side) {
            (Ordering::Less | Ordering::Equal, Ordering::Greater, Ordering::Greater) => (Direction::Long, "above"),
            (Ordering::Greater | Ordering::Equal, Ordering::Less, Ordering::Less) => (Direction::Short, "below"),
            _ => return None,
        };
        let (close, mean, of_longer) = (last.close, is.mean()?, trend.mean()?);
        let reason = format!(
            "closed at {close} {side} the mean {mean} of {bars} closes, as {timeframe} at {} {side} its mean {of_longer} of {slow}",
            longer.last()?.close
        );
        Some(Opinion { direction, reason, doubtful: false })
    }
}

/// Where a close is, beside the mean of the last ones.
struct Place {
    sum: Decimal,
    count: Decimal,
    side: Ordering,
}

impl Place {
    /// The last close beside the last `count`, exactly: nothing is divided. `None` when there are fewer.
    fn of(candles: &[Candle], count: usize) -> Option<Self> {
        let last = candles.get(candles.len().checked_sub(count)?..)?;
        let sum = last.iter().try_fold(Decimal::ZERO, |sum, candle| sum.checked_add(candle.close.value()))?;
        let count = Decimal::from(count);
        let side = last.last()?.close.value().checked_mul(count)?.cmp(&sum);
        Some(Self { sum, count, side })
    }

    fn mean(&self) -> Option<Decimal> {
        Some(self.sum.checked_div(self.count)?.round_dp(8).normalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Timeframe, Timestamp};

    fn opinion(closes: &[&str], longer: &[&str]) -> Option<Opinion> {
        let candles = |closes: &[&str]| -> Vec<Candle> {
            closes.iter().map(|close| Candle::flat(Timestamp::default(), close.parse().unwrap())).collect()
        };
        let settings = TrendSettings { bars: 2, slow: 3, ..TrendSettings::default() };
        let (bars, longer) = (candles(closes), candles(longer));
        let (instrument, others) = ("binance:X".parse().unwrap(), [(Timeframe::M5, longer.as_slice())]);
        let strategy = Trend { name: "trend", settings };
        assert_eq!(strategy.evaluate(&bars), None);
        strategy.evaluate_view(&StrategyView { instrument: &instrument, bars: &bars, others: &others })
    }

    #[test]
    fn a_turn_is_an_opinion_with_the_trend_and_none_against_it() {
        let up = opinion(&["5", "4", "6"], &["1", "2", "4"]).unwrap();
        assert_eq!(up.direction, Direction::Long);
        let reason = "closed at 6 above the mean 5 of 2 closes, as 5m at 4 above its mean 2.33333333 of 3";
        assert_eq!(up.reason, reason);
        assert_eq!(opinion(&["5", "4", "6"], &["4", "2", "1"]), None);
        assert_eq!(opinion(&["5", "4", "6"], &["2", "2", "2"]), None, "there is no trend");
        assert_eq!(opinion(&["4", "5", "3"], &["4", "2", "1"]).unwrap().direction, Direction::Short);
        assert_eq!(opinion(&["4", "5", "3"], &["1", "2", "4"]), None);
        assert_eq!(opinion(&["4", "5", "6"], &["1", "2", "4"]), None, "it was above before");
    }

    #[test]
    fn without_enough_candles_of_either_length_there_is_no_opinion() {
        assert_eq!(opinion(&["4", "6"], &["1", "2", "4"]), None);
        assert_eq!(opinion(&["5", "4", "6"], &["2", "4"]), None);
        assert_eq!(opinion(&[], &[]), None);
    }
}
