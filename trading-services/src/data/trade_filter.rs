//! Trades that came before, come too late, or are dated in the future; and prices that are doubtful.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use rust_decimal::Decimal;

use crate::model::{Price, Timestamp, Trade, TradeId};
use crate::ports::ValidationError;

/// So many ids are remembered.
const WINDOW: usize = 4_096;
/// A price that is so few steps away from the last one is not doubtful, however much that is in percent.
const FEW_STEPS: u32 = 50;

/// What is known of the trades of one instrument.
#[derive(Debug, Default)]
pub(super) struct TradeFilter {
    ids: Ids,
    /// Whether single trades or sums of them are taken: a venue may send both.
    aggregated: Option<bool>,
    last: Option<Price>,
    /// The step of prices as the venue names it.
    step: Option<Decimal>,
    /// The most decimals that a price has had: steps are at least as fine.
    decimals: u32,
    /// A doubtful price; a second trade near it shows that the market has moved.
    suspect: Option<Price>,
}

impl TradeFilter {
    /// Whether the trade counts, by its id and its time.
    pub(super) fn check(&self, trade: &Trade, received: Timestamp, tolerance: Duration) -> Result<(), ValidationError> {
        if trade.quantity.is_zero() {
            return Err(ValidationError::EmptyTrade { id: trade.id.clone() });
        }
        if self.ids.contains(&trade.id) || self.aggregated.is_some_and(|aggregated| aggregated != trade.aggregated) {
            return Err(ValidationError::RepeatedTrade { id: trade.id.clone() });
        }
        if trade.time > received.saturating_add(tolerance) {
            let (id, time) = (trade.id.clone(), trade.time);
            return Err(ValidationError::FutureTrade { id, time, received });
        }
        Ok(())
    }

    /// Takes a trade that counts; says whether its price is doubtful. Before the first trade that is believed, `known` is what
    /// is known of the price otherwise.
    pub(super) fn take(&mut self, trade: &Trade, max_jump: Decimal, known: Option<Price>) -> bool {
        self.ids.insert(&trade.id);
        self.aggregated.get_or_insert(trade.aggregated);
        let Some(last) = self.last.replace(trade.price).or(known) else {
            return false;
        };
        if last == trade.price {
            self.suspect = None;
            return false;
        }
        self.decimals = decimals(trade.price.value(), self.decimals);
        if is_near(trade.price, last, max_jump) {
            self.suspect = None;
            return false;
        }
        // The price before may be the first one, or have come with no trade: the step is at least as fine as that one's, too.
        self.decimals = decimals(last.value(), self.decimals);
        if self.is_few_steps(trade.price, last) {
            self.suspect = None;
            return false;
        }
        let confirms = self.suspect.is_some_and(|suspect| is_near(trade.price, suspect, max_jump));
        self.suspect = (!confirms).then_some(trade.price);
        if !confirms {
            // The next trade is measured from the price before this one.
            self.last = Some(last);
        }
        !confirms
    }

    /// Whether two prices are so few steps apart that it does not matter how much that is in percent.
    fn is_few_steps(&self, price: Price, last: Price) -> bool {
        let step = self.step.unwrap_or_else(|| Decimal::new(1, self.decimals));
        let distance = (price.value() - last.value()).abs();
        step.checked_mul(Decimal::from(FEW_STEPS)).is_some_and(|few| distance <= few)
    }

    /// Whether the last trade is at a doubtful price.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.suspect.is_some()
    }

    /// The venue says in which steps prices move.
    pub(super) fn set_step(&mut self, step: Decimal) {
        self.step = Some(step);
    }
}

/// How many decimals a price has that are not zeros at its end, or `known` if that is more. This is asked for each trade:
/// `normalize` divides 96 bits for each zero.
fn decimals(price: Decimal, known: u32) -> u32 {
    let mut scale = price.scale();
    let Ok(mut number) = u64::try_from(price.mantissa()) else { return known.max(price.normalize().scale()) };
    while scale > known && number.is_multiple_of(10) {
        (number, scale) = (number / 10, scale - 1);
    }
    scale.max(known)
}

/// Whether two prices are at most `percent` of `last` apart; numbers too large to tell are not near.
fn is_near(price: Price, last: Price, percent: Decimal) -> bool {
    let distance = (price.value() - last.value()).abs();
    let hundred = distance.checked_mul(Decimal::ONE_HUNDRED);
    let limit = last.value().checked_mul(percent);
    matches!((hundred, limit), (Some(distance), Some(limit)) if distance <= limit)
}

/// The last ids, in the order in which they came.
#[derive(Debug, Default)]
struct Ids {
    highest: Option<u64>,
    numbers: VecDeque<u64>,
    texts: VecDeque<TradeId>,
    known_texts: HashSet<TradeId>,
}

impl Ids {
    fn contains(&self, id: &TradeId) -> bool {
        match id {
            // Ids rise as a rule: only one that does not has to be looked for.
            TradeId::Number(number) => {
                self.highest.is_some_and(|highest| *number <= highest) && self.numbers.contains(number)
            }
            TradeId::Text(_) | TradeId::Long(_) => self.known_texts.contains(id),
        }
    }

    fn insert(&mut self, id: &TradeId) {
        match id {
            TradeId::Number(number) => {
                self.highest = self.highest.max(Some(*number));
                if self.numbers.len() == WINDOW {
                    self.numbers.pop_front();
                }
                self.numbers.push_back(*number);
            }
            TradeId::Text(_) | TradeId::Long(_) => {
                if self.texts.len() == WINDOW
                    && let Some(oldest) = self.texts.pop_front()
                {
                    self.known_texts.remove(&oldest);
                }
                self.texts.push_back(id.clone());
                self.known_texts.insert(id.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Side;

    fn trade(id: impl Into<TradeId>, price: &str) -> Trade {
        let (price, quantity) = (price.parse().unwrap(), "1".parse().unwrap());
        Trade { id: id.into(), price, quantity, side: Side::Buy, time: Timestamp::default(), aggregated: false }
    }

    fn doubts(prices: &[&str]) -> Vec<bool> {
        let mut filter = TradeFilter::default();
        let trades = prices.iter().enumerate().map(|(id, price)| trade(id as u64, price));
        trades.map(|trade| filter.take(&trade, Decimal::from(20), None)).collect()
    }

    #[test]
    fn the_first_price_is_measured_by_what_is_known_otherwise_and_the_next_ones_by_trades() {
        let known = Some("100".parse().unwrap());
        let doubts = |prices: [(&str, Option<Price>); 3]| {
            let mut filter = TradeFilter::default();
            let trades = prices.iter().enumerate().map(|(id, (price, known))| (trade(id as u64, price), *known));
            trades.map(|(trade, known)| filter.take(&trade, Decimal::from(20), known)).collect::<Vec<_>>()
        };
        // One print far away, then the market as it was.
        assert_eq!(doubts([("900.01", known), ("101", known), ("102", None)]), [true, false, false]);
        // The market has moved meanwhile: the second trade says so.
        assert_eq!(doubts([("900.01", known), ("901", known), ("101", known)]), [true, false, true]);
        assert_eq!(doubts([("900.01", None), ("901", known), ("902", known)]), [false, false, false]);
        assert_eq!(doubts([("110.01", known), ("131", None), ("100", None)]), [false, false, true]);
        let known = Some("0.5123".parse().unwrap());
        assert_eq!(doubts([("25", known), ("0.5124", None), ("0.5123", None)]), [true, false, false]);
    }

    #[test]
    fn a_price_far_away_is_doubtful_until_a_second_one_confirms_it() {
        assert_eq!(
            doubts(&["100.1", "100.2", "150", "100.2", "150", "151", "150"]),
            [false, false, true, false, true, false, false]
        );
    }

    #[test]
    fn prices_that_are_few_steps_apart_are_not_doubtful() {
        assert_eq!(doubts(&["0.01", "0.02", "0.01", "0.03", "0.01"]), [false; 5]);
        assert_eq!(doubts(&["100", "130", "100", "130"]), [false; 4]);
        assert_eq!(doubts(&["100", "100.01", "130"]), [false, false, true], "here a step is 0.01");
        assert_eq!(doubts(&["0.5123", "25", "0.5124"]), [false, true, false], "the first price has decimals, too");
    }

    #[test]
    fn zeros_at_the_end_of_a_price_are_no_decimals() {
        let of = |price: &str, known| decimals(price.parse().unwrap(), known);
        for (price, found) in [("5", 0), ("100", 0), ("1.50", 1), ("61837.63000000", 2), ("0.00000001", 8)] {
            assert_eq!([0, 1, 4].map(|known| of(price, known)), [0, 1, 4].map(|known| found.max(known)), "{price}");
        }
        // More than 64 bits.
        assert_eq!([of("12345678901234567.12345000", 0), of("12345678901234567.12345000", 7)], [5, 7]);
    }

    #[test]
    fn an_id_that_came_before_is_repeated_within_the_window() {
        let mut filter = TradeFilter::default();
        let check =
            |filter: &TradeFilter, id: TradeId| filter.check(&trade(id, "1"), Timestamp::default(), Duration::ZERO);
        for id in [7_u64, 9, 8] {
            assert_eq!(check(&filter, id.into()), Ok(()));
            filter.take(&trade(id, "1"), Decimal::ONE, None);
        }
        for id in [7_u64, 8, 9] {
            assert_eq!(check(&filter, id.into()), Err(ValidationError::RepeatedTrade { id: id.into() }));
        }
        filter.take(&trade("a-b", "1"), Decimal::ONE, None);
        assert!(check(&filter, "a-b".into()).is_err() && check(&filter, "a-c".into()).is_ok());
        assert_eq!(check(&filter, 6.into()), Ok(()), "ids may begin again");
    }

    #[test]
    fn sums_of_trades_that_were_told_singly_are_repeated() {
        let mut filter = TradeFilter::default();
        filter.take(&trade(1, "1"), Decimal::ONE, None);
        let sum = Trade { aggregated: true, ..trade(2, "1") };
        assert!(filter.check(&sum, Timestamp::default(), Duration::ZERO).is_err());
    }

    #[test]
    fn a_trade_may_be_ahead_by_the_tolerance_and_not_by_more() {
        let (filter, received) = (TradeFilter::default(), Timestamp::from_nanos(1_000));
        let at = |nanos| Trade { time: Timestamp::from_nanos(nanos), ..trade(1, "1") };
        assert_eq!(filter.check(&at(1_010), received, Duration::from_nanos(10)), Ok(()));
        assert!(filter.check(&at(1_011), received, Duration::from_nanos(10)).is_err());
    }
}
