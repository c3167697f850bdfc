//! Round trips: what was opened and closed again, and what came of it.

use rust_decimal::Decimal;

use crate::model::{Currency, InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

/// A quantity that was bought and sold again, or sold and bought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrip {
    /// Its number among those of the account, from 1, in the order of their closing.
    pub id: u64,
    /// Of what.
    pub instrument: InstrumentId,
    /// How it was opened: bought for a long position.
    pub side: Side,
    /// How much.
    pub quantity: Quantity,
    /// When it was opened.
    pub entry_time: Timestamp,
    /// At which price.
    pub entry_price: Price,
    /// When it was closed.
    pub exit_time: Timestamp,
    /// At which price.
    pub exit_price: Price,
    /// In which currency it was paid, which is that of the profit.
    pub currency: Currency,
    /// The fees of both, as far as they are in that currency.
    pub fees: Decimal,
    /// What was gained after fees.
    pub profit: Decimal,
    /// The order that has opened it.
    pub order: OrderId,
}

impl RoundTrip {
    /// What was gained after fees, as a share of what was paid; `None` when it does not fit.
    pub fn gain(&self) -> Option<Decimal> {
        self.profit.checked_div(self.entry_price.notional(self.quantity)?)
    }
}
