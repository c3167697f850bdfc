//! The look-ahead check: does a strategy know what it cannot know yet.

use crate::model::{Candle, Price};
use crate::ports::{IStrategy, Opinion};

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
/// same question is asked again.
pub fn look_ahead(strategy: &dyn IStrategy, candles: &[Candle]) -> Vec<LookAhead> {
    let required = strategy.required_bars().max(1);
    let mut found = Vec::new();
    let past = |end: usize| candles.get(end.saturating_sub(required)..end).unwrap_or_default();
    // The whole run, in order: what the strategy keeps, it keeps from here.
    let first: Vec<_> = (1..=candles.len()).map(|end| strategy.evaluate(past(end))).collect();
    for (end, with_future) in (1..=candles.len()).zip(first) {
        // In between it sees another future, which it must have forgotten.
        let other: Vec<_> = candles.get(end..).unwrap_or_default().iter().take(required).map(mirrored).collect();
        let _of_another_future = strategy.evaluate(&other);
        // A list of its own: there is nothing behind it.
        let alone = past(end).to_vec();
        let without = strategy.evaluate(&alone);
        if without != with_future {
            found.push(LookAhead { strategy: strategy.name(), candle: end - 1, with_future, without });
        }
    }
    found
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
    use crate::ports::Direction;

    /// Says what it was asked about most recently, and so knows what came after.
    struct Peeking(AtomicUsize);

    impl IStrategy for Peeking {
        fn name(&self) -> &'static str {
            "peeking"
        }

        fn required_bars(&self) -> usize {
            1
        }

        fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            Some(Opinion { direction: Direction::Long, reason: asked.to_string() })
        }
    }

    #[test]
    fn what_a_strategy_keeps_of_the_future_is_found() {
        let candle = |minute: u64| Candle::flat(Timestamp::from_nanos(minute), "1".parse().unwrap());
        let candles: Vec<_> = (0..4).map(candle).collect();
        assert_eq!(look_ahead(&Peeking(AtomicUsize::new(0)), &candles).len(), 4);
    }
}
