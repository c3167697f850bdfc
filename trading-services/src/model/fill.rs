//! Fills: what was bought or sold, at which price, and what it cost.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::{CorrelationId, Currency, InstrumentId, OrderId, Price, Quantity, Side, Timestamp};

/// Who was there first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Liquidity {
    /// The order waited in the book.
    Maker,
    /// The order took what waited there.
    Taker,
}

/// The execution of an order, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The venue's name for it; the same fill told twice has the same.
    pub id: Arc<str>,
    /// Of which order.
    pub order: OrderId,
    /// Of what.
    pub instrument: InstrumentId,
    /// Bought or sold.
    pub side: Side,
    /// How much, in base currency.
    pub quantity: Quantity,
    /// At which price, in `currency`.
    pub price: Price,
    /// In which currency it was paid.
    pub currency: Currency,
    /// What the venue takes for it; negative for what it gives.
    pub fee: Decimal,
    /// In which currency the fee is paid.
    pub fee_currency: Currency,
    /// Whether the order waited.
    pub liquidity: Liquidity,
    /// When, by the injected clock.
    pub time: Timestamp,
    /// The message that it follows from.
    pub correlation: CorrelationId,
}

impl Fill {
    /// The quantity with its sign: above zero for what was bought.
    pub fn signed_quantity(&self) -> Decimal {
        self.side.signed(self.quantity.value())
    }
}

impl fmt::Display for Liquidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Maker => "maker",
            Self::Taker => "taker",
        })
    }
}

impl fmt::Display for Fill {
    /// `buy 0.5 binance:BTCUSDT at 61837.63, fee 6.18 USDT (taker)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { side, quantity, instrument, price, fee, fee_currency, liquidity, .. } = self;
        write!(f, "{side} {quantity} {instrument} at {price}, fee {} {fee_currency} ({liquidity})", fee.normalize())
    }
}
