//! Trades that came before, come too late, or are dated in the future; and prices that are doubtful.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
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

    /// Takes a trade that counts; says whether its price is doubtful.
    pub(super) fn take(&mut self, trade: &Trade, max_jump: Decimal) -> bool {
        self.ids.insert(&trade.id);
        self.aggregated.get_or_insert(trade.aggregated);
        let Some(last) = self.last.replace(trade.price) else {
            return false;
        };
        if last == trade.price {
            self.suspect = None;
            return false;
        }
        self.decimals = self.decimals.max(trade.price.value().normalize().scale());
        let step = self.step.unwrap_or_else(|| Decimal::new(1, self.decimals));
        let distance = (trade.price.value() - last.value()).abs();
        let is_few = step.checked_mul(Decimal::from(FEW_STEPS)).is_some_and(|few| distance <= few);
        if is_few || is_near(trade.price, last, max_jump) {
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

    /// Whether the last trade is at a doubtful price.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.suspect.is_some()
    }

    /// The venue says in which steps prices move.
    pub(super) fn set_step(&mut self, step: Decimal) {
        self.step = Some(step);
    }
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
    texts: VecDeque<Arc<str>>,
    known_texts: HashSet<Arc<str>>,
}

impl Ids {
    fn contains(&self, id: &TradeId) -> bool {
        match id {
            // Ids rise as a rule: only one that does not has to be looked for.
            TradeId::Number(number) => {
                self.highest.is_some_and(|highest| *number <= highest) && self.numbers.contains(number)
            }
            TradeId::Text(text) => self.known_texts.contains(text),
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
            TradeId::Text(text) => {
                if self.texts.len() == WINDOW
                    && let Some(oldest) = self.texts.pop_front()
                {
                    self.known_texts.remove(&oldest);
                }
                self.texts.push_back(Arc::clone(text));
                self.known_texts.insert(Arc::clone(text));
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
        trades.map(|trade| filter.take(&trade, Decimal::from(20))).collect()
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
    }

    #[test]
    fn an_id_that_came_before_is_repeated_within_the_window() {
        let mut filter = TradeFilter::default();
        let check =
            |filter: &TradeFilter, id: TradeId| filter.check(&trade(id, "1"), Timestamp::default(), Duration::ZERO);
        for id in [7_u64, 9, 8] {
            assert_eq!(check(&filter, id.into()), Ok(()));
            filter.take(&trade(id, "1"), Decimal::ONE);
        }
        for id in [7_u64, 8, 9] {
            assert_eq!(check(&filter, id.into()), Err(ValidationError::RepeatedTrade { id: id.into() }));
        }
        filter.take(&trade("a-b", "1"), Decimal::ONE);
        assert!(check(&filter, "a-b".into()).is_err() && check(&filter, "a-c".into()).is_ok());
        assert_eq!(check(&filter, 6.into()), Ok(()), "ids may begin again");
    }

    #[test]
    fn sums_of_trades_that_were_told_singly_are_repeated() {
        let mut filter = TradeFilter::default();
        filter.take(&trade(1, "1"), Decimal::ONE);
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
