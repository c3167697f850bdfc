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
    let (required, longer) = (needs.bars.max(1), Closed::of(&needs, timeframe, candles));
    let ask = |bars: &[Candle], others: &[(Timeframe, &[Candle])]| {
        strategy.evaluate_view(&StrategyView { instrument, bars, others })
    };
    let mut found = Vec::new();
    let past = |end: usize| last(candles.get(..end).unwrap_or_default(), required);
    // The whole run, in order: what the strategy keeps, it keeps from here.
    let first: Vec<_> = (1..=candles.len()).map(|end| ask(past(end), &longer.before(end))).collect();
    for (end, with_future) in (1..=candles.len()).zip(first) {
        // In between it sees another future, which it must have forgotten.
        let other: Vec<_> = candles.get(end..).unwrap_or_default().iter().take(required).map(mirrored).collect();
        let _of_another_future = ask(&other, &longer.before(end));
        // Lists of their own: there is nothing behind them.
        let (alone, others) = (past(end).to_vec(), longer.before(end));
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
    fn of(needs: &StrategyNeeds, timeframe: Timeframe, candles: &[Candle]) -> Self {
        let lengths: Vec<_> = needs.others.iter().map(|(length, _)| *length).collect();
        let (mut longer, mut closed) = (Longer::new(&lengths, timeframe), Vec::new());
        closed.extend(needs.others.iter().map(|(length, count)| (*length, *count, Vec::new(), Vec::new())));
        for (candle, number) in candles.iter().zip(1..) {
            for (length, made) in longer.push(candle) {
                if let Some((.., numbers, all)) = closed.iter_mut().find(|(known, ..)| *known == length) {
                    numbers.push(number);
                    all.push(made);
                }
            }
        }
        Self(closed)
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

    #[test]
    fn what_a_strategy_keeps_of_the_future_is_found() {
        let candle = |minute: u64| Candle::flat(Timestamp::from_nanos(minute), "1".parse().unwrap());
        let candles: Vec<_> = (0..4).map(candle).collect();
        let (instrument, peeking) = ("candles:X".parse().unwrap(), Peeking(AtomicUsize::new(0)));
        assert_eq!(look_ahead(&peeking, &instrument, Timeframe::M1, &candles).len(), 4);
    }
}
