//! Trades of Binance, single and aggregated.

use serde::Deserialize;

use super::parse::check_market;
use crate::model::{EventKind, Rejection, Side, Trade};
use crate::venues::wire::fields::{amount, millis, price};
use crate::venues::wire::{Message, Refused, Symbols, by_name, shown};

/// `<symbol>@trade`
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawTrade<'a> {
    s: &'a str,
    #[serde(rename = "t")]
    id: u64,
    p: &'a str,
    q: &'a str,
    #[serde(rename = "T")]
    time: u64,
    /// The buyer is the maker, so the seller took.
    m: bool,
    /// USD-M only: `MARKET`, or how it came about without the market: `INSURANCE_FUND`, `ADL`.
    #[serde(rename = "X")]
    origin: Option<&'a str>,
    st: Option<u8>,
}

by_name!(RawTrade<'a>);

/// `<symbol>@aggTrade`
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawAggregatedTrade<'a> {
    s: &'a str,
    #[serde(rename = "a")]
    id: Option<u64>,
    /// The last of the single trades, which frames of 2019 have in place of a number of their own.
    #[serde(rename = "l")]
    last: Option<u64>,
    p: &'a str,
    q: &'a str,
    #[serde(rename = "T")]
    time: u64,
    m: bool,
    st: Option<u8>,
}

by_name!(RawAggregatedTrade<'a>);

impl RawTrade<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "trade")?;
        if let Some(origin) = self.origin.filter(|origin| *origin != "MARKET") {
            let detail = format!("a trade of the market, found one with `X` {}", shown(origin));
            return Err(Refused { why: Rejection::OtherMarket, kind: Some("trade".to_owned()), detail });
        }
        let (p, q) = (self.p, self.q);
        traded(symbols, self.s, self.id, (p, q), self.time, self.m, false)
            .map_err(|detail| Refused::unreadable("trade", detail))
    }
}

impl RawAggregatedTrade<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "aggTrade")?;
        let id = self.id.or(self.last).ok_or_else(|| "a number in field `a`".to_owned());
        let (p, q) = (self.p, self.q);
        id.and_then(|id| traded(symbols, self.s, id, (p, q), self.time, self.m, true))
            .map_err(|detail| Refused::unreadable("aggTrade", detail))
    }
}

/// What the fields of a trade are called.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) price: &'static str,
    pub(super) quantity: &'static str,
    pub(super) time: &'static str,
}

/// In messages of the stream, and in aggregated trades of bodies.
pub(super) const SHORT: Names = Names { price: "p", quantity: "q", time: "T" };

fn traded(
    symbols: &mut Symbols,
    symbol: &str,
    id: u64,
    (p, q): (&str, &str),
    time: u64,
    buyer_is_maker: bool,
    aggregated: bool,
) -> Result<Message, String> {
    let trade = trade(id, (p, q), time, buyer_is_maker, aggregated, &SHORT)?;
    Ok(Message::Event(symbols.get(symbol)?, EventKind::Trade(trade)))
}

/// A trade of the stream or of a body. It is always inlined: a call would hand the result back through memory.
#[inline(always)]
pub(super) fn trade(
    id: u64,
    (p, q): (&str, &str),
    time: u64,
    buyer_is_maker: bool,
    aggregated: bool,
    names: &Names,
) -> Result<Trade, String> {
    Ok(Trade {
        id: id.into(),
        price: price(names.price, p)?,
        quantity: amount(names.quantity, q)?,
        side: if buyer_is_maker { Side::Sell } else { Side::Buy },
        time: millis(names.time, time)?,
        aggregated,
    })
}
