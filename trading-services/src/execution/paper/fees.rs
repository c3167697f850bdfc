//! Fees of a venue.

use rust_decimal::Decimal;

use crate::model::{Liquidity, Price, Quantity};

/// Fees as shares of what is paid; 0.001 is ten basis points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::execution) struct Fees {
    pub(in crate::execution) maker: Decimal,
    pub(in crate::execution) taker: Decimal,
}

impl Fees {
    /// The fee of one fill; `None` when it does not fit 96 bits.
    pub(super) fn of(&self, quantity: Quantity, price: Price, liquidity: Liquidity) -> Option<Decimal> {
        let share = match liquidity {
            Liquidity::Maker => self.maker,
            Liquidity::Taker => self.taker,
        };
        price.notional(quantity)?.checked_mul(share)
    }
}
