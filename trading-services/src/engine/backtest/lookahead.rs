//! The look-ahead check: does a strategy know what it cannot know yet.

use super::longer::Longer;
use crate::model::{Candle, InstrumentId, Price, Timeframe};
use crate::ports::{IStrategy, Opinion, StrategyNeeds, StrategyView, last};

/// An opinion that is another one when the future is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAhead {
    /// Which strategy.
    pub strategy: &'static str,
    /// The place of the candle, from 0.
    pub candle: usize,
    /// What it thought with the future at hand.
    pub with_future: Option<Opinion>,
    /// What it thinks without.
    pub without: Option<Opinion>,
}

/// Asks a strategy about each candle twice: in a list that goes on behind the candle, as a back-test has it in memory, and in
/// one that ends there and whose future is another. What differs was taken from the future; so was what changes when the
/// same question is asked again. Longer candles that it looks at are made of these, which are of the length `timeframe`.
pub fn look_ahead(
    strategy: &dyn IStrategy,
    instrument: &InstrumentId,
    timeframe: Timeframe,
    candles: &[Candle],
) -> Vec<LookAhead> {
    let needs = StrategyNeeds::of(strategy, timeframe);
    differences(strategy, instrument, timeframe, candles, &Closed::of(&needs, timeframe, candles))
}

/// What a strategy thinks of each candle with the longer ones of the whole list at hand, against what it thinks with those
/// that were made as the candles came.
fn differences(
    strategy: &dyn IStrategy,
    instrument: &InstrumentId,
    timeframe: Timeframe,
    candles: &[Candle],
    longer: &Closed,
) -> Vec<LookAhead> {
    let needs = StrategyNeeds::of(strategy, timeframe);
    let (required, mut coming) = (needs.bars.max(1), Closed::none(&needs));
    let mut maker = Longer::new(&coming.lengths(), timeframe);
    let ask = |bars: &[Candle], others: &[(Timeframe, &[Candle])]| {
        strategy.evaluate_view(&StrategyView { instrument, bars, others })
    };
    let mut found = Vec::new();
    let past = |end: usize| last(candles.get(..end).unwrap_or_default(), required);
    // The whole run, in order: what the strategy keeps, it keeps from here.
    let first: Vec<_> = (1..=candles.len()).map(|end| ask(past(end), &longer.before(end))).collect();
    for ((end, with_future), candle) in (1..=candles.len()).zip(first).zip(candles) {
        coming.add(end, maker.push(candle));
        // In between it sees another future, which it must have forgotten.
        let other: Vec<_> = candles.get(end..).unwrap_or_default().iter().take(required).map(mirrored).collect();
        let _of_another_future = ask(&other, &longer.before(end));
        // Lists of their own: there is nothing behind them.
        let (alone, others) = (past(end).to_vec(), coming.before(end));
        let others: Vec<_> = others.into_iter().map(|(length, candles)| (length, candles.to_vec())).collect();
        let others: Vec<_> = others.iter().map(|(length, candles)| (*length, candles.as_slice())).collect();
        let without = ask(&alone, &others);
        if without != with_future {
            found.push(LookAhead { strategy: strategy.name(), candle: end - 1, with_future, without });
        }
    }
    found
}

/// Longer candles of a list, each with how many of the list it takes to close it.
struct Closed(Vec<(Timeframe, usize, Vec<usize>, Vec<Candle>)>);

impl Closed {
    /// Those of the whole list.
    fn of(needs: &StrategyNeeds, timeframe: Timeframe, candles: &[Candle]) -> Self {
        let mut closed = Self::none(needs);
        let mut longer = Longer::new(&closed.lengths(), timeframe);
        for (candle, number) in candles.iter().zip(1..) {
            closed.add(number, longer.push(candle));
        }
        closed
    }

    fn none(needs: &StrategyNeeds) -> Self {
        Self(needs.others.iter().map(|(length, count)| (*length, *count, Vec::new(), Vec::new())).collect())
    }

    fn lengths(&self) -> Vec<Timeframe> {
        self.0.iter().map(|(length, ..)| *length).collect()
    }

    /// Adds what has closed with the candle of that number.
    fn add(&mut self, number: usize, made: Vec<(Timeframe, Candle)>) {
        for (length, made) in made {
            if let Some((.., numbers, all)) = self.0.iter_mut().find(|(known, ..)| *known == length) {
                numbers.push(number);
                all.push(made);
            }
        }
    }

    /// What the strategy is shown of them when so many of the list have closed.
    fn before(&self, end: usize) -> Vec<(Timeframe, &[Candle])> {
        let of_each = self.0.iter().map(|(length, count, numbers, all)| {
            let closed = numbers.partition_point(|number| *number <= end);
            (*length, last(all.get(..closed).unwrap_or_default(), *count))
        });
        of_each.collect()
    }
}

/// A candle of a future that did not come: everything costs twice as much.
fn mirrored(candle: &Candle) -> Candle {
    let twice = |price: Price| Price::new(price.value().saturating_add(price.value())).unwrap_or(price);
    Candle {
        open: twice(candle.open),
        high: twice(candle.high),
        low: twice(candle.low),
        close: twice(candle.close),
        ..candle.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::Timestamp;
    use crate::ports::{CandleNeed, Direction};

    /// Says what it was asked about most recently, and so knows what came after.
    struct Peeking(AtomicUsize);

    impl IStrategy for Peeking {
        fn name(&self) -> &'static str {
            "peeking"
        }

        fn required_data(&self) -> Vec<CandleNeed> {
            vec![CandleNeed::bars(1)]
        }

        fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            Some(Opinion { direction: Direction::Long, reason: asked.to_string(), doubtful: false })
        }
    }

    /// Says how many candles of five minutes it was shown.
    struct Counting;

    impl IStrategy for Counting {
        fn name(&self) -> &'static str {
            "counting"
        }

        fn required_data(&self) -> Vec<CandleNeed> {
            vec![CandleNeed::bars(1), CandleNeed::of(Timeframe::M5, 9)]
        }

        fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
            None
        }

        fn evaluate_view(&self, view: &StrategyView<'_>) -> Option<Opinion> {
            let reason = view.of(Timeframe::M5).len().to_string();
            Some(Opinion { direction: Direction::Long, reason, doubtful: false })
        }
    }

    #[test]
    fn longer_candles_that_are_known_too_early_are_found() {
        let candle = |minute: u64| Candle::flat(Timestamp::from_nanos(minute * 60_000_000_000), "1".parse().unwrap());
        let candles: Vec<_> = (0..11).map(candle).collect();
        let instrument = "candles:X".parse().unwrap();
        assert_eq!(look_ahead(&Counting, &instrument, Timeframe::M1, &candles), []);
        let mut leaking = Closed::of(&StrategyNeeds::of(&Counting, Timeframe::M1), Timeframe::M1, &candles);
        leaking.0.iter_mut().flat_map(|(_, _, numbers, _)| numbers).for_each(|number| *number -= 1);
        let found = differences(&Counting, &instrument, Timeframe::M1, &candles, &leaking);
        assert_eq!(found.iter().map(|found| found.candle).collect::<Vec<_>>(), [3, 8]);
    }

    #[test]
    fn what_a_strategy_keeps_of_the_future_is_found() {
        let candle = |minute: u64| Candle::flat(Timestamp::from_nanos(minute), "1".parse().unwrap());
        let candles: Vec<_> = (0..4).map(candle).collect();
        let (instrument, peeking) = ("candles:X".parse().unwrap(), Peeking(AtomicUsize::new(0)));
        assert_eq!(look_ahead(&peeking, &instrument, Timeframe::M1, &candles).len(), 4);
    }
}
