//! Liquidations of Bybit: `S` is the side of the position, other than at Binance.

use serde::Deserialize;

use crate::model::{EventKind, Liquidation, PositionSide, Side};
use crate::venues::wire::fields::{amount, millis, price, side};
use crate::venues::wire::{Message, Refused, Symbols, by_name};

/// `allLiquidation.<symbol>`
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct RawLiquidations<'a>(#[serde(borrow)] pub(super) Vec<RawLiquidation<'a>>);

/// One of them; the topic `liquidation.<symbol>`, which ended in 2025, has one with long names.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawLiquidation<'a> {
    #[serde(rename = "T", alias = "updatedTime")]
    time: u64,
    #[serde(alias = "symbol")]
    s: &'a str,
    /// Of the position: `Buy` is a long that was liquidated.
    #[serde(rename = "S", alias = "side")]
    side: &'a str,
    #[serde(alias = "size")]
    v: &'a str,
    /// Of the bankruptcy.
    #[serde(alias = "price")]
    p: &'a str,
}

by_name!(RawLiquidation<'a>);

impl RawLiquidation<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let liquidated = match side("S", self.side)? {
                Side::Buy => PositionSide::Long,
                Side::Sell => PositionSide::Short,
            };
            let (price, quantity) = (price("p", self.p)?, amount("v", self.v)?);
            let liquidation = Liquidation { liquidated, price, quantity, time: millis("T", self.time)?, id: None };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::Liquidation(liquidation)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("allLiquidation", detail))
    }
}
