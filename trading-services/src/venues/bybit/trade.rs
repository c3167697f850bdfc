//! Trades of Bybit.

use serde::Deserialize;

use crate::model::{EventKind, Trade, TradeId};
use crate::venues::wire::fields::{amount, millis, price, side};
use crate::venues::wire::{Sink, Symbols, by_name};

/// The trades of a message.
pub(super) type RawTrades<'a> = Vec<RawTrade<'a>>;

/// One of the up to 1024 trades of a message of `publicTrade.<symbol>`
#[derive(Deserialize)]
#[serde(remote = "Self")]
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

by_name!(RawTrade<'a>);

impl RawTrade<'_> {
    /// Hands the trade on. It is always inlined: a trade is large, and would be copied once more on its way.
    #[inline(always)]
    pub(super) fn event(&self, symbols: &mut Symbols, sink: &mut (impl Sink + ?Sized)) -> Result<(), String> {
        let (price, quantity) = (price("p", self.p)?, amount("v", self.v)?);
        let (side, time) = (side("S", self.side)?, millis("T", self.time)?);
        let instrument = symbols.get(self.s)?;
        let trade = Trade { id: TradeId::from(self.i), price, quantity, side, time, aggregated: false };
        sink.event(instrument, EventKind::Trade(trade));
        Ok(())
    }
}
