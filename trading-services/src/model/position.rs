//! A position: how much is held, and what it cost on average.

use rust_decimal::Decimal;

use crate::model::ValueError;

/// How much of an instrument is held, at which cost. Below zero it is owed.
///
/// ```
/// use rust_decimal::dec;
/// use trading_services::model::Position;
///
/// let mut position = Position::default();
/// position.trade(dec!(2), dec!(100))?;
/// let change = position.trade(dec!(-3), dec!(110))?;
/// assert_eq!((change.closed, change.opened, change.profit), (dec!(-2), dec!(-1), dec!(20)));
/// assert_eq!((position.quantity, position.average_price()), (dec!(-1), Some(dec!(110))));
/// # Ok::<(), trading_services::model::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// How much, in base currency; below zero for a short position.
    pub quantity: Decimal,
    /// What it cost, in quote currency; with the sign of the quantity.
    pub cost: Decimal,
}

/// What a trade did to a position.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PositionChange {
    /// The part of the trade that made the position larger, with the trade's sign.
    pub opened: Decimal,
    /// The part that made it smaller, with the trade's sign.
    pub closed: Decimal,
    /// What was gained by the part that was closed, in quote currency.
    pub profit: Decimal,
}

impl Position {
    /// The mean price of what is held; `None` when nothing is.
    pub fn average_price(&self) -> Option<Decimal> {
        self.cost.checked_div(self.quantity)
    }

    /// What the position would gain if it were closed at this price; `None` when that does not fit 96 bits.
    pub fn profit_at(&self, price: Decimal) -> Option<Decimal> {
        self.quantity.checked_mul(price)?.checked_sub(self.cost)
    }

    /// Buys (above zero) or sells (below) that much at that price. What was held is closed first, at its average cost; the
    /// rest opens a position at this price.
    ///
    /// # Errors
    /// [`ValueError`] when the cost does not fit 96 bits; the position is then as it was.
    pub fn trade(&mut self, quantity: Decimal, price: Decimal) -> Result<PositionChange, ValueError> {
        self.traded(quantity, price).map(|(position, change)| {
            *self = position;
            change
        })
    }

    fn traded(self, quantity: Decimal, price: Decimal) -> Result<(Self, PositionChange), ValueError> {
        let too_large =
            || ValueError { expected: "a position whose cost fits 96 bits", found: format!("{quantity} at {price}") };
        let is_against = quantity.is_sign_negative() != self.quantity.is_sign_negative() && !self.quantity.is_zero();
        let closed = match (is_against, quantity.abs() >= self.quantity.abs()) {
            (false, _) => Decimal::ZERO,
            (true, true) => -self.quantity,
            (true, false) => quantity,
        };
        let opened = quantity - closed;
        // The share of the cost that leaves: all of it when all is closed, so that nothing is left by rounding.
        let left = if closed == -self.quantity {
            self.cost
        } else {
            let share = self.cost.checked_mul(-closed).and_then(|cost| cost.checked_div(self.quantity));
            share.ok_or_else(too_large)?
        };
        let received = (-closed).checked_mul(price).ok_or_else(too_large)?;
        let profit = received.checked_sub(left).ok_or_else(too_large)?;
        let paid = opened.checked_mul(price).ok_or_else(too_large)?;
        let cost = self.cost.checked_sub(left).and_then(|cost| cost.checked_add(paid)).ok_or_else(too_large)?;
        let held = self.quantity.checked_add(quantity).ok_or_else(too_large)?;
        Ok((Self { quantity: held, cost }, PositionChange { opened, closed, profit }))
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_position_that_is_closed_in_parts_leaves_no_cost_behind() {
        let mut position = Position::default();
        position.trade(dec!(3), dec!(10)).unwrap();
        let parts: Decimal = (0..3).map(|_| position.trade(dec!(-1), dec!(11)).unwrap().profit).sum();
        assert_eq!((position, parts), (Position::default(), dec!(3)));
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let mut position = Position::default();
        position.trade(dec!(1), dec!(10)).unwrap();
        let before = position;
        assert!(position.trade(Decimal::MAX, dec!(10)).is_err());
        assert_eq!(position, before);
    }

    #[test]
    fn a_short_position_gains_when_the_price_falls() {
        let mut position = Position::default();
        position.trade(dec!(-2), dec!(10)).unwrap();
        assert_eq!(position.profit_at(dec!(9)), Some(dec!(2)));
        assert_eq!(position.trade(dec!(2), dec!(9)).unwrap().profit, dec!(2));
    }
}
