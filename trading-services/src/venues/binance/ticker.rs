//! Tickers, mark prices and liquidations of Binance.

use std::ops::Deref;

use serde::Deserialize;

use super::parse::{Said, check_market};
use crate::model::{EventKind, Funding, Liquidation, MarkPrice, PositionSide, Ticker};
use crate::venues::wire::fields::{best, decimal, millis, optional, price, quantity, traded};
use crate::venues::wire::{Message, Refused, Symbols, Text};

/// `<symbol>@ticker`, `<symbol>@miniTicker`
#[derive(Deserialize)]
pub(super) struct RawDayTicker<S> {
    s: S,
    #[serde(rename = "E")]
    time: u64,
    c: S,
    o: S,
    h: S,
    l: S,
    v: S,
    q: S,
    #[serde(rename = "P")]
    change_percent: Option<S>,
    /// The best prices: spot only.
    b: Option<S>,
    #[serde(rename = "B")]
    bid_quantity: Option<S>,
    a: Option<S>,
    #[serde(rename = "A")]
    ask_quantity: Option<S>,
    st: Option<u8>,
}

/// `<symbol>@markPrice` of USD-M
#[derive(Deserialize)]
pub(super) struct RawMarkPrice<'a> {
    #[serde(borrow)]
    s: Text<'a>,
    #[serde(rename = "E")]
    time: u64,
    #[serde(borrow)]
    p: Text<'a>,
    #[serde(borrow)]
    i: Option<Text<'a>>,
    /// Empty where there is no funding: dated futures.
    #[serde(borrow)]
    r: Option<Text<'a>>,
    #[serde(rename = "T")]
    next: Option<u64>,
}

/// `<symbol>@forceOrder` of USD-M
#[derive(Deserialize)]
pub(super) struct RawForceOrder<'a> {
    #[serde(borrow)]
    o: Order<'a>,
}

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    s: Text<'a>,
    /// The side of the order.
    #[serde(rename = "S", borrow)]
    side: Text<'a>,
    #[serde(borrow)]
    q: Text<'a>,
    /// The price of the order, at which the position is bankrupt.
    #[serde(borrow)]
    p: Text<'a>,
    #[serde(rename = "T")]
    time: u64,
}

impl<S: Deref<Target = str>> RawDayTicker<S> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "24hrTicker")?;
        let ticker = |symbols: &mut Symbols| {
            let ticker = Ticker {
                time: Some(millis(self.time)?),
                last: traded("c", Some(&self.c))?,
                bid: level("b", self.b.as_deref(), self.bid_quantity.as_deref())?,
                ask: level("a", self.a.as_deref(), self.ask_quantity.as_deref())?,
                open: traded("o", Some(&self.o))?,
                high: traded("h", Some(&self.h))?,
                low: traded("l", Some(&self.l))?,
                volume: Some(decimal("v", &self.v)?),
                turnover: Some(decimal("q", &self.q)?),
                change_percent: optional("P", self.change_percent.as_deref())?,
                ..Ticker::default()
            };
            Ok(Message::Event(symbols.get(&self.s)?, EventKind::Ticker(Box::new(ticker))))
        };
        ticker(symbols).map_err(|detail| Refused::unreadable("24hrTicker", detail))
    }
}

impl RawMarkPrice<'_> {
    pub(super) fn events(self, symbols: &mut Symbols) -> Said {
        let events = |symbols: &mut Symbols| {
            let (instrument, time) = (symbols.get(&self.s)?, millis(self.time)?);
            let mark = MarkPrice { price: price("p", &self.p)?, index: traded("i", self.i.as_deref())?, time };
            let mut said = vec![Message::Event(instrument.clone(), EventKind::MarkPrice(mark))];
            if let Some(rate) = optional("r", self.r.as_deref())? {
                let next = self.next.filter(|next| *next > 0).map(millis).transpose()?;
                said.push(Message::Event(instrument, EventKind::Funding(Funding { rate, next, time })));
            }
            Ok(said)
        };
        events(symbols).map_err(|detail| Refused::unreadable("markPriceUpdate", detail))
    }
}

impl RawForceOrder<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let Order { s, side, q, p, time } = self.o;
            let liquidated = match &*side {
                "SELL" => PositionSide::Long,
                "BUY" => PositionSide::Short,
                other => return Err(format!("BUY or SELL in field `S`, found `{}`", other.escape_debug())),
            };
            let (price, quantity) = (price("p", &p)?, quantity("q", &q)?);
            let liquidation = Liquidation { liquidated, price, quantity, time: millis(time)?, id: None };
            Ok(Message::Event(symbols.get(&s)?, EventKind::Liquidation(liquidation)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("forceOrder", detail))
    }
}

/// The best level of a side, where the message has it.
pub(super) fn level(
    field: &str,
    price: Option<&str>,
    quantity: Option<&str>,
) -> Result<Option<crate::model::Level>, String> {
    match (price, quantity) {
        (Some(price), Some(quantity)) => best(field, price, quantity),
        _ => Ok(None),
    }
}
