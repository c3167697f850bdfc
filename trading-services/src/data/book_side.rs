//! One side of a book: quantities in the order of their prices.

use std::collections::{BTreeMap, btree_map};

use crate::model::{Level, Price, Quantity, Side};

/// Prices with at most so many decimals are ordered by a machine word; it has room for prices up to 184 billion.
const DECIMALS: u32 = 8;

/// Powers of ten up to [`DECIMALS`].
const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The levels of one side. A tree, because a book has thousands of levels, and many changes are far from the best price: in
/// a sorted list, moving the levels behind them took a third of all instructions.
#[derive(Debug, Clone)]
pub(super) struct BookSide {
    side: Side,
    levels: Tree,
}

/// The levels by their prices. Comparing decimals took an eighth of all instructions: where all prices are a count of the
/// smallest decimal, the counts are compared.
#[derive(Debug, Clone)]
enum Tree {
    Counted(BTreeMap<u64, Level>),
    /// A price did not fit.
    Exact(BTreeMap<Price, Quantity>),
}

impl BookSide {
    /// An empty side: `Side::Buy` has the bids.
    pub(super) fn new(side: Side) -> Self {
        Self { side, levels: Tree::Counted(BTreeMap::new()) }
    }

    pub(super) fn clear(&mut self) {
        self.levels = Tree::Counted(BTreeMap::new());
    }

    /// The best level.
    pub(super) fn best(&self) -> Option<Level> {
        match (&self.levels, self.side) {
            (Tree::Counted(levels), Side::Buy) => levels.last_key_value().map(|(_, level)| *level),
            (Tree::Counted(levels), Side::Sell) => levels.first_key_value().map(|(_, level)| *level),
            (Tree::Exact(levels), Side::Buy) => levels.last_key_value().map(level),
            (Tree::Exact(levels), Side::Sell) => levels.first_key_value().map(level),
        }
    }

    /// All levels, the best first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Level> + '_ {
        let (mut levels, side) = (self.levels.iter(), self.side);
        std::iter::from_fn(move || if side == Side::Buy { levels.next_back() } else { levels.next() })
    }

    /// Sets each level, and removes those without a quantity.
    pub(super) fn change(&mut self, changes: &[Level]) {
        for change in changes {
            let Tree::Counted(levels) = &mut self.levels else {
                self.levels.change_exact(change);
                continue;
            };
            match count(change.price) {
                Some(count) if change.quantity.is_zero() => drop(levels.remove(&count)),
                Some(count) => drop(levels.insert(count, *change)),
                None => {
                    let all = levels.values().map(|level| (level.price, level.quantity)).collect();
                    self.levels = Tree::Exact(all);
                    self.levels.change_exact(change);
                }
            }
        }
    }
}

impl Tree {
    fn iter(&self) -> Iter<'_> {
        match self {
            Self::Counted(levels) => Iter::Counted(levels.values()),
            Self::Exact(levels) => Iter::Exact(levels.iter()),
        }
    }

    fn change_exact(&mut self, Level { price, quantity }: &Level) {
        if let Self::Exact(levels) = self {
            if quantity.is_zero() {
                levels.remove(price);
            } else {
                levels.insert(*price, *quantity);
            }
        }
    }
}

/// From the lowest price to the highest.
enum Iter<'a> {
    Counted(btree_map::Values<'a, u64, Level>),
    Exact(btree_map::Iter<'a, Price, Quantity>),
}

impl Iter<'_> {
    fn next(&mut self) -> Option<Level> {
        match self {
            Self::Counted(levels) => levels.next().copied(),
            Self::Exact(levels) => levels.next().map(level),
        }
    }

    fn next_back(&mut self) -> Option<Level> {
        match self {
            Self::Counted(levels) => levels.next_back().copied(),
            Self::Exact(levels) => levels.next_back().map(level),
        }
    }
}

fn level((price, quantity): (&Price, &Quantity)) -> Level {
    Level { price: *price, quantity: *quantity }
}

/// The price as a count of the smallest decimal; `None` for one that is finer, or too high.
fn count(price: Price) -> Option<u64> {
    let mut value = price.value();
    if value.scale() > DECIMALS {
        value = value.normalize();
    }
    let missing = DECIMALS.checked_sub(value.scale())?;
    let digits = u64::try_from(value.mantissa()).ok()?;
    if missing == 0 { Some(digits) } else { digits.checked_mul(*POWERS.get(missing as usize)?) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change(price: &str, quantity: u32) -> Level {
        Level { price: price.parse().unwrap(), quantity: quantity.to_string().parse().unwrap() }
    }

    #[test]
    fn one_price_is_one_level_however_many_decimals_it_is_written_with() {
        for (first, second) in [("10", "10.00"), ("0.1", "0.1000000000000"), ("99999999999", "99999999999.0")] {
            let mut side = BookSide::new(Side::Sell);
            side.change(&[change(first, 1), change(second, 2)]);
            assert_eq!(side.iter().collect::<Vec<_>>(), [change(first, 2)]);
            side.change(&[change(first, 0)]);
            assert_eq!((side.iter().count(), side.best()), (0, None));
        }
    }

    #[test]
    fn a_price_that_is_too_fine_or_too_high_is_kept_to_the_last_decimal() {
        for odd in ["0.0000000001", "99.999999999", "184467440738", "79228162514264337593543950335"] {
            let mut side = BookSide::new(Side::Buy);
            side.change(&[change("100", 1), change(odd, 2), change("101.5", 3)]);
            let mut prices: Vec<Price> = side.iter().map(|level| level.price).collect();
            assert!(prices.contains(&odd.parse().unwrap()), "{odd}");
            assert_eq!(side.best().map(|level| level.price), prices.first().copied());
            prices.reverse();
            assert!(prices.is_sorted() && prices.len() == 3, "{odd}: {prices:?}");
        }
    }

    proptest! {
        #[test]
        fn it_is_a_map_in_the_order_of_the_prices(
            changes in prop::collection::vec((1_u64..2_000, 0_u32..12, 0_u32..4), 1..200),
        ) {
            let (mut bids, mut asks) = (BookSide::new(Side::Buy), BookSide::new(Side::Sell));
            let mut model: BTreeMap<Price, Quantity> = BTreeMap::new();
            for (digits, decimals, quantity) in changes {
                let price = Price::new(rust_decimal::Decimal::new(digits.cast_signed(), decimals)).unwrap();
                let level = Level { price, quantity: quantity.to_string().parse().unwrap() };
                bids.change(&[level]);
                asks.change(&[level]);
                if quantity == 0 { model.remove(&price); } else { model.insert(price, level.quantity); }
            }
            let expected: Vec<_> = model.iter().map(level).collect();
            prop_assert_eq!(asks.iter().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(bids.iter().collect::<Vec<_>>(), expected.iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(bids.best(), expected.last().copied());
            prop_assert_eq!(asks.best(), expected.first().copied());
        }
    }
}
