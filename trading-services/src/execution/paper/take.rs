//! Liquidity that an order takes out of a book.

use crate::model::{BookDepth, Level, Price, Quantity, Side};

/// What the book has for an order of that side, the best price first.
pub(super) fn offered(book: &BookDepth, side: Side) -> &[Level] {
    match side {
        Side::Buy => &book.asks,
        Side::Sell => &book.bids,
    }
}

/// The parts of a quantity that there are for an order of that side among `levels`, none beyond `limit`.
pub(super) fn take(levels: &[Level], side: Side, quantity: Quantity, limit: Option<Price>) -> Vec<Level> {
    let (mut rest, mut taken) = (quantity, Vec::new());
    for level in levels {
        if rest.is_zero() || limit.is_some_and(|limit| is_beyond(level.price, limit, side)) {
            break;
        }
        let part = level.quantity.min(rest);
        rest = rest.saturating_sub(part);
        if !part.is_zero() {
            taken.push(Level { price: level.price, quantity: part });
        }
    }
    taken
}

/// Whether a price is worse than the limit of an order of that side.
pub(super) fn is_beyond(price: Price, limit: Price, side: Side) -> bool {
    match side {
        Side::Buy => price > limit,
        Side::Sell => price < limit,
    }
}

/// How much waits in the book at a price, on the side of an order.
pub(super) fn shown(book: &BookDepth, side: Side, price: Price) -> Quantity {
    let levels = match side {
        Side::Buy => &book.bids,
        Side::Sell => &book.asks,
    };
    at(levels, price)
}

/// How much there is at a price.
pub(super) fn at(levels: &[Level], price: Price) -> Quantity {
    levels.iter().find(|level| level.price == price).map_or(Quantity::ZERO, |level| level.quantity)
}

/// How much there is in all.
pub(super) fn total(levels: &[Level]) -> Quantity {
    let sum = |sum: Quantity, level: &Level| sum.checked_add(level.quantity).unwrap_or(sum);
    levels.iter().fold(Quantity::ZERO, sum)
}
