//! Trades of Bybit.

use serde::Deserialize;

use crate::model::{EventKind, Trade, TradeId};
use crate::venues::wire::fields::{millis, price, quantity, side};
use crate::venues::wire::{Message, Refused, Symbols};

/// The trades of a message.
pub(super) type RawTrades<'a> = Vec<RawTrade<'a>>;

/// One of the up to 1024 trades of a message of `publicTrade.<symbol>`
#[derive(Deserialize)]
pub(super) struct RawTrade<'a> {
    #[serde(rename = "T")]
    time: u64,
    s: &'a str,
    /// Who took.
    #[serde(rename = "S")]
    side: &'a str,
    v: &'a str,
    p: &'a str,
    i: &'a str,
}

impl RawTrade<'_> {
    /// It is always inlined: a trade is large, and would be copied once more on its way.
    #[inline(always)]
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let trade = Trade {
                id: TradeId::from(self.i),
                price: price("p", self.p)?,
                quantity: quantity("v", self.v)?,
                side: side("S", self.side)?,
                time: millis(self.time)?,
                aggregated: false,
            };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::Trade(trade)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("publicTrade", detail))
    }
}
