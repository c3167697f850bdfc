//! Facts that the size of an order is computed from.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use rust_decimal::Decimal;

use crate::model::{Candle, InstrumentId};
use crate::ports::{Outcomes, SizingFacts};
use crate::sync::lock;

/// Candles that the size of an order looks at.
pub(super) const BARS: usize = 14;

/// Round trips that it takes to say how often one gains.
const ENOUGH_ROUND_TRIPS: usize = 20;

/// The last candles of each instrument, where there is nothing but candles: the market knows of none of them.
#[derive(Debug, Default)]
pub(super) struct Bars(Mutex<BTreeMap<InstrumentId, VecDeque<Candle>>>);

impl Bars {
    pub(super) fn observe(&self, instrument: &InstrumentId, candle: &Candle) {
        let mut known = lock(&self.0);
        let bars = match known.get_mut(instrument) {
            Some(bars) => bars,
            None => known.entry(instrument.clone()).or_default(),
        };
        if bars.len() == BARS {
            bars.pop_front();
        }
        bars.push_back(candle.clone());
    }

    /// Oldest first.
    pub(super) fn last(&self, instrument: &InstrumentId) -> Vec<Candle> {
        lock(&self.0).get(instrument).map(|bars| bars.iter().cloned().collect()).unwrap_or_default()
    }
}

/// What can be said of these candles and of what was won and lost in one currency.
pub(super) fn size_facts(candles: &[Candle], outcomes: &Outcomes) -> SizingFacts {
    let ranges =
        candles.iter().try_fold(Decimal::ZERO, |sum, candle| sum.checked_add(candle.high.value() - candle.low.value()));
    let volatility = ranges.and_then(|ranges| ranges.checked_div(Decimal::from(candles.len())));
    let Outcomes { won, gained, lost, given_up } = *outcomes;
    let mean = |sum: Decimal, count: usize| sum.checked_div(Decimal::from(count));
    let all = won + lost;
    SizingFacts {
        stop_distance: volatility.map(|volatility| volatility.saturating_mul(Decimal::TWO)),
        volatility,
        win_rate: mean(Decimal::from(won), all).filter(|_| all >= ENOUGH_ROUND_TRIPS),
        payoff: mean(gained, won).zip(mean(given_up, lost)).and_then(|(won, lost)| won.checked_div(lost)),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::model::{Price, Timestamp};

    #[test]
    fn of_ranges_that_do_not_fit_nothing_is_known() {
        let price = |value| Price::new(value).unwrap();
        let ranging = |high| Candle { high: price(high), ..Candle::flat(Timestamp::default(), price(dec!(1))) };
        let facts = size_facts(&[ranging(dec!(3)), ranging(dec!(5))], &Outcomes::default());
        assert_eq!((facts.volatility, facts.stop_distance), (Some(dec!(3)), Some(dec!(6))));
        let facts = size_facts(&[ranging(Decimal::MAX), ranging(Decimal::MAX)], &Outcomes::default());
        assert_eq!((facts.volatility, facts.stop_distance), (None, None));
    }
}
