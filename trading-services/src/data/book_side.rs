//! One side of a book: quantities in the order of their prices.

use std::collections::BTreeMap;

use crate::model::{Level, Price, Quantity, Side};

/// The levels of one side. A tree, because a book has thousands of levels, and many changes are far from the best price: in
/// a sorted list, moving the levels behind them took a third of all instructions.
#[derive(Debug, Clone)]
pub(super) struct BookSide {
    side: Side,
    levels: BTreeMap<Price, Quantity>,
}

impl BookSide {
    /// An empty side: `Side::Buy` has the bids.
    pub(super) fn new(side: Side) -> Self {
        Self { side, levels: BTreeMap::new() }
    }

    pub(super) fn clear(&mut self) {
        self.levels.clear();
    }

    /// The best level.
    pub(super) fn best(&self) -> Option<Level> {
        let best = match self.side {
            Side::Buy => self.levels.last_key_value(),
            Side::Sell => self.levels.first_key_value(),
        };
        best.map(level)
    }

    /// All levels, the best first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Level> + '_ {
        let (mut levels, side) = (self.levels.iter(), self.side);
        let next = move || if side == Side::Buy { levels.next_back() } else { levels.next() };
        std::iter::from_fn(next).map(level)
    }

    /// Sets each level, and removes those without a quantity.
    pub(super) fn change(&mut self, changes: &[Level]) {
        for Level { price, quantity } in changes {
            if quantity.is_zero() {
                self.levels.remove(price);
            } else {
                self.levels.insert(*price, *quantity);
            }
        }
    }
}

fn level((price, quantity): (&Price, &Quantity)) -> Level {
    Level { price: *price, quantity: *quantity }
}
