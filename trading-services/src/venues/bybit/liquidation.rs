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

/// How a topic is called, and what its fields are.
#[derive(Debug)]
pub(super) struct Names {
    topic: &'static str,
    side: &'static str,
    price: &'static str,
    quantity: &'static str,
    time: &'static str,
}

pub(super) const SHORT: Names = Names { topic: "allLiquidation", side: "S", price: "p", quantity: "v", time: "T" };
pub(super) const LONG: Names =
    Names { topic: "liquidation", side: "side", price: "price", quantity: "size", time: "updatedTime" };

impl RawLiquidation<'_> {
    pub(super) fn event(self, symbols: &mut Symbols, names: &Names) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let liquidated = match side(names.side, self.side)? {
                Side::Buy => PositionSide::Long,
                Side::Sell => PositionSide::Short,
            };
            let (price, quantity) = (price(names.price, self.p)?, amount(names.quantity, self.v)?);
            let time = millis(names.time, self.time)?;
            let liquidation = Liquidation { liquidated, price, quantity, time, id: None };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::Liquidation(liquidation)))
        };
        event(symbols).map_err(|detail| Refused::unreadable(names.topic, detail))
    }
}
