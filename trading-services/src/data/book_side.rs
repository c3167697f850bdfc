//! One side of a book: levels in the order of their prices, the best last.

use std::cmp::Ordering;

use crate::model::{Level, Price, Side};

/// The levels of one side. Changes are mostly near the best price, which is at the end, so that few levels move.
#[derive(Debug, Clone)]
pub(super) struct BookSide {
    side: Side,
    levels: Vec<Level>,
}

impl BookSide {
    /// An empty side: `Side::Buy` has the bids.
    pub(super) fn new(side: Side) -> Self {
        Self { side, levels: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.levels.clear();
    }

    /// The best level.
    pub(super) fn best(&self) -> Option<Level> {
        self.levels.last().copied()
    }

    /// All levels, the best first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Level> + '_ {
        self.levels.iter().rev().copied()
    }

    /// Sets each level, and removes those without a quantity.
    pub(super) fn change(&mut self, changes: &[Level]) {
        for change in changes {
            match self.find(change.price) {
                Ok(index) if change.quantity.is_zero() => drop(self.levels.remove(index)),
                Ok(index) => {
                    if let Some(level) = self.levels.get_mut(index) {
                        level.quantity = change.quantity;
                    }
                }
                Err(_) if change.quantity.is_zero() => {}
                Err(index) => self.levels.insert(index, *change),
            }
        }
    }

    fn find(&self, price: Price) -> Result<usize, usize> {
        // From the worst price to the best: bids rise, asks fall.
        self.levels.binary_search_by(|level| match self.side {
            Side::Buy => level.price.cmp(&price),
            Side::Sell => Ordering::reverse(level.price.cmp(&price)),
        })
    }
}
