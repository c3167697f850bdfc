//! Longer candles of a back-test, made of those that there are as they close.

use di_core::dependency::Many;

use crate::model::{Candle, Timeframe, Timestamp};
use crate::ports::{IStrategy, StrategyNeeds};

/// Joins candles of one length to those of the other lengths that strategies need.
#[derive(Debug)]
pub(super) struct Longer {
    base: Timeframe,
    /// When the first candle begins: of what began before, a part is missing.
    first: Option<Timestamp>,
    open: Vec<(Timeframe, Option<Candle>)>,
}

impl Longer {
    /// What these strategies need beside candles of the length `base`.
    pub(super) fn of(strategies: &Many<dyn IStrategy>, base: Timeframe) -> Self {
        let needs = strategies.iter().map(|strategy| StrategyNeeds::of(&**strategy, base));
        let mut lengths: Vec<_> = needs.flat_map(|needs| needs.others).map(|(length, _)| length).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Self::new(&lengths, base)
    }

    /// Candles of these lengths; those that are not longer cannot be made.
    pub(super) fn new(lengths: &[Timeframe], base: Timeframe) -> Self {
        let longer = lengths.iter().filter(|length| **length > base);
        Self { base, first: None, open: longer.map(|length| (*length, None)).collect() }
    }

    /// Takes the next candle; returns what is closed by its end. A time without candles has none of any length, and the
    /// first ones count from the first that is whole: a platform does not tell the part of one, either.
    pub(super) fn push(&mut self, candle: &Candle) -> Vec<(Timeframe, Candle)> {
        let (mut closed, first) = (Vec::new(), *self.first.get_or_insert(candle.open_time));
        for (length, open) in &mut self.open {
            let begin = length.open_of(candle.open_time);
            // The rest of that one is missing.
            closed.extend(open.take_if(|open| open.open_time < begin).map(|open| (*length, open)));
            let joined = match open.take() {
                // A volume that does not fit is not added.
                Some(open) => open.followed_by(candle).unwrap_or(open),
                None => Candle { open_time: begin, ..candle.clone() },
            };
            if joined.end(length.duration()) <= candle.end(self.base.duration()) {
                closed.push((*length, joined));
            } else {
                *open = Some(joined);
            }
        }
        closed.retain(|(_, candle)| candle.open_time >= first);
        closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candles_close_with_the_last_of_their_parts_or_with_the_first_after_a_hole() {
        let minute = |minute: u64, price: u64| {
            let (time, price) = (Timestamp::from_millis(minute * 60_000).unwrap(), price.to_string().parse().unwrap());
            Candle { volume: "1".parse().unwrap(), trades: 1, ..Candle::flat(time, price) }
        };
        let mut longer = Longer::new(&[Timeframe::S1, Timeframe::M5], Timeframe::M1);
        let mut closed = |minutes: &[(u64, u64)]| -> Vec<String> {
            let candles = minutes.iter().flat_map(|(number, price)| longer.push(&minute(*number, *price)));
            let text = |(length, c): (Timeframe, Candle)| {
                format!(
                    "{length} {} {} {} {} {} {}",
                    c.open_time.as_millis() / 60_000,
                    c.open,
                    c.high,
                    c.low,
                    c.close,
                    c.volume
                )
            };
            candles.map(text).collect()
        };
        assert_eq!(closed(&[(1, 5), (2, 9), (3, 3)]), [""; 0]);
        assert_eq!(closed(&[(4, 6)]), [""; 0], "its first minute is missing");
        assert_eq!(closed(&[(5, 7), (6, 8)]), [""; 0]);
        assert_eq!(closed(&[(14, 2)]), ["5m 5 7 8 7 8 2", "5m 10 2 2 2 2 1"]);
        assert_eq!(closed(&[(15, 5), (16, 9), (17, 3), (18, 4), (19, 6)]), ["5m 15 5 9 3 6 5"]);
    }
}
