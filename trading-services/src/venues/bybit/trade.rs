//! Trades of Bybit.

use std::ops::Deref;

use serde::Deserialize;

use crate::model::{EventKind, Trade, TradeId};
use crate::venues::wire::fields::{millis, price, quantity, side};
use crate::venues::wire::{Message, Refused, Symbols};

/// The trades of a message.
pub(super) type RawTrades<S> = Vec<RawTrade<S>>;

/// One of the up to 1024 trades of a message of `publicTrade.<symbol>`
#[derive(Deserialize)]
pub(super) struct RawTrade<S> {
    #[serde(rename = "T")]
    time: u64,
    s: S,
    /// Who took.
    #[serde(rename = "S")]
    side: S,
    v: S,
    p: S,
    i: S,
}

impl<S: Deref<Target = str>> RawTrade<S> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let trade = Trade {
                id: TradeId::from(&*self.i),
                price: price("p", &self.p)?,
                quantity: quantity("v", &self.v)?,
                side: side("S", &self.side)?,
                time: millis(self.time)?,
                aggregated: false,
            };
            Ok(Message::Event(symbols.get(&self.s)?, EventKind::Trade(trade)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("publicTrade", detail))
    }
}
