//! An order that waits in a book, and the queue before it.

use crate::model::{BookDepth, Level, Price, Quantity, Side, Trade};

use super::take::{at, is_beyond, offered, shown, take};

/// A limit order behind what was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resting {
    pub(super) side: Side,
    pub(super) price: Price,
    /// What trades before it.
    pub(super) ahead: Quantity,
    /// What it has taken of the levels that are still there: nobody sells the same twice.
    pub(super) taken: Vec<Level>,
}

impl Resting {
    /// An order that joins the end of the queue after it has taken what was there.
    pub(super) fn join(book: &BookDepth, side: Side, price: Price, taken: Vec<Level>) -> Self {
        Self { side, price, ahead: shown(book, side, price), taken }
    }

    /// How much of `open` a trade of others fills.
    pub(super) fn meet_trade(&mut self, trade: &Trade, open: Quantity) -> Quantity {
        // Only those that take from our side come to us.
        if trade.side == self.side {
            return Quantity::ZERO;
        }
        if is_beyond(self.price, trade.price, self.side) {
            // Who waited at a better price than this trade was served before it.
            self.ahead = Quantity::ZERO;
            return open;
        }
        if trade.price != self.price {
            return Quantity::ZERO;
        }
        let left = trade.quantity.saturating_sub(self.ahead);
        self.ahead = self.ahead.saturating_sub(trade.quantity);
        left.min(open)
    }

    /// What the other side of the book has at the price of the order or beyond it, and has not given to it before: both cannot
    /// stand.
    pub(super) fn meet_book(&mut self, book: &BookDepth, open: Quantity) -> Vec<Level> {
        // Who was before us may have left.
        self.ahead = self.ahead.min(shown(book, self.side, self.price));
        let offered = offered(book, self.side);
        let is_met = |level: &&Level| !is_beyond(level.price, self.price, self.side);
        let levels: Vec<_> = offered.iter().take_while(is_met).copied().collect();
        // Of a level that has become smaller, what is left is what we have taken.
        self.taken.iter_mut().for_each(|taken| taken.quantity = taken.quantity.min(at(&levels, taken.price)));
        self.taken.retain(|taken| !taken.quantity.is_zero());
        let new =
            |level: Level| Level { quantity: level.quantity.saturating_sub(at(&self.taken, level.price)), ..level };
        let new: Vec<_> = levels.into_iter().map(new).collect();
        let parts = take(&new, self.side, open, None);
        parts.iter().for_each(|part| self.remember(*part));
        parts.into_iter().map(|part| Level { price: self.price, ..part }).collect()
    }

    fn remember(&mut self, part: Level) {
        match self.taken.iter_mut().find(|taken| taken.price == part.price) {
            Some(taken) => taken.quantity = taken.quantity.checked_add(part.quantity).unwrap_or(taken.quantity),
            None => self.taken.push(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn level(price: &str, quantity: &str) -> Level {
        Level { price: price.parse().unwrap(), quantity: quantity.parse().unwrap() }
    }

    fn trade(price: &str, quantity: &str, side: Side) -> Trade {
        let (price, quantity) = (price.parse().unwrap(), quantity.parse().unwrap());
        Trade { id: 1.into(), price, quantity, side, time: Timestamp::default(), aggregated: false }
    }

    fn bid() -> Resting {
        let book = BookDepth { bids: vec![level("10", "100")], asks: vec![level("11", "5")] };
        Resting::join(&book, Side::Buy, "10".parse().unwrap(), Vec::new())
    }

    #[test]
    fn with_a_hundred_ahead_trades_of_80_30_and_50_fill_0_10_and_40() {
        let (mut order, mut open) = (bid(), "50".parse::<Quantity>().unwrap());
        let fills = ["80", "30", "50"].map(|quantity| {
            let filled = order.meet_trade(&trade("10", quantity, Side::Sell), open);
            open = open.saturating_sub(filled);
            filled.to_string()
        });
        assert_eq!(fills, ["0", "10", "40"]);
    }

    #[test]
    fn trades_that_take_from_the_other_side_or_at_a_better_price_do_not_come_to_us() {
        let (mut order, open) = (bid(), "50".parse().unwrap());
        assert!(order.meet_trade(&trade("10", "500", Side::Buy), open).is_zero());
        assert!(order.meet_trade(&trade("10.5", "500", Side::Sell), open).is_zero());
        assert_eq!(order.ahead, "100".parse().unwrap());
    }

    #[test]
    fn a_trade_beyond_the_price_fills_the_whole_order() {
        let open = "50".parse().unwrap();
        assert_eq!(bid().meet_trade(&trade("9.9", "1", Side::Sell), open), open);
    }

    #[test]
    fn the_queue_is_never_longer_than_the_book_shows() {
        let mut order = bid();
        order.meet_book(&BookDepth { bids: vec![level("10", "30")], asks: Vec::new() }, "50".parse().unwrap());
        assert_eq!(order.ahead, "30".parse().unwrap());
    }

    #[test]
    fn an_ask_that_comes_down_to_the_price_fills_at_the_price_of_the_order() {
        let book = BookDepth { bids: Vec::new(), asks: vec![level("9", "20"), level("10", "5"), level("11", "9")] };
        let fills = bid().meet_book(&book, "50".parse().unwrap());
        assert_eq!(fills, [level("10", "20"), level("10", "5")]);
    }

    #[test]
    fn a_level_is_taken_once_and_again_only_as_far_as_it_has_grown() {
        let (mut order, mut open) = (bid(), "50".parse::<Quantity>().unwrap());
        let filled = ["2", "2", "5", "1", "3", "0", "4"].map(|quantity| {
            let asks = if quantity == "0" { Vec::new() } else { vec![level("10", quantity)] };
            let parts = order.meet_book(&BookDepth { bids: Vec::new(), asks }, open);
            parts.iter().for_each(|part| open = open.saturating_sub(part.quantity));
            parts.iter().map(|part| part.quantity.to_string()).collect::<String>()
        });
        assert_eq!(filled, ["2", "", "3", "", "2", "", "4"]);
    }
}
