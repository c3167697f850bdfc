//! An order that waits in a book, and the queue before it.

use crate::model::{BookDepth, Level, Price, Quantity, Side, Trade};

use super::take::{is_beyond, shown, take};

/// A limit order behind what was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resting {
    pub(super) side: Side,
    pub(super) price: Price,
    /// What trades before it.
    pub(super) ahead: Quantity,
}

impl Resting {
    /// An order that joins the end of the queue.
    pub(super) fn join(book: &BookDepth, side: Side, price: Price) -> Self {
        Self { side, price, ahead: shown(book, side, price) }
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

    /// What the other side of the book has at the price of the order or beyond it: both cannot stand.
    pub(super) fn meet_book(&mut self, book: &BookDepth, open: Quantity) -> Vec<Level> {
        // Who was before us may have left.
        self.ahead = self.ahead.min(shown(book, self.side, self.price));
        let taken = take(book, self.side, open, Some(self.price));
        taken.into_iter().map(|level| Level { price: self.price, quantity: level.quantity }).collect()
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
        Resting::join(&book, Side::Buy, "10".parse().unwrap())
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
}
