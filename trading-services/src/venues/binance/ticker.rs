//! Tickers, mark prices and liquidations of Binance.

use serde::Deserialize;

use super::parse::{Said, check_market};
use crate::model::{EventKind, Funding, Liquidation, MarkPrice, PositionSide, Ticker};
use crate::venues::wire::fields::{amount, best, decimal, maybe_millis, millis, not, optional, price, traded};
use crate::venues::wire::{Message, Refused, Symbols, by_name};

/// `<symbol>@ticker`, `<symbol>@miniTicker`
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawDayTicker<'a> {
    s: &'a str,
    #[serde(rename = "E")]
    time: u64,
    c: &'a str,
    o: &'a str,
    h: &'a str,
    l: &'a str,
    v: &'a str,
    q: &'a str,
    #[serde(rename = "P")]
    change_percent: Option<&'a str>,
    /// The best prices: spot only.
    b: Option<&'a str>,
    #[serde(rename = "B")]
    bid_quantity: Option<&'a str>,
    a: Option<&'a str>,
    #[serde(rename = "A")]
    ask_quantity: Option<&'a str>,
    st: Option<u8>,
}

by_name!(RawDayTicker<'a>);

/// `<symbol>@markPrice` of USD-M
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawMarkPrice<'a> {
    s: &'a str,
    #[serde(rename = "E")]
    time: u64,
    p: &'a str,
    i: Option<&'a str>,
    /// Empty where there is no funding: dated futures.
    r: Option<&'a str>,
    #[serde(rename = "T")]
    next: Option<u64>,
}

by_name!(RawMarkPrice<'a>);

/// `<symbol>@forceOrder` of USD-M
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawForceOrder<'a> {
    #[serde(borrow)]
    o: Order<'a>,
}

by_name!(RawForceOrder<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Order<'a> {
    s: &'a str,
    /// The side of the order.
    #[serde(rename = "S")]
    side: &'a str,
    q: &'a str,
    /// The price of the order, at which the position is bankrupt.
    p: &'a str,
    #[serde(rename = "T")]
    time: u64,
}

by_name!(Order<'a>);

impl RawDayTicker<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "24hrTicker")?;
        let ticker = |symbols: &mut Symbols| {
            let ticker = Ticker {
                time: Some(millis("E", self.time)?),
                last: traded("c", Some(self.c))?,
                bid: level(["b", "B"], self.b, self.bid_quantity)?,
                ask: level(["a", "A"], self.a, self.ask_quantity)?,
                open: traded("o", Some(self.o))?,
                high: traded("h", Some(self.h))?,
                low: traded("l", Some(self.l))?,
                volume: Some(decimal("v", self.v)?),
                turnover: Some(decimal("q", self.q)?),
                change_percent: optional("P", self.change_percent)?,
                ..Ticker::default()
            };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::Ticker(Box::new(ticker))))
        };
        ticker(symbols).map_err(|detail| Refused::unreadable("24hrTicker", detail))
    }
}

impl RawMarkPrice<'_> {
    pub(super) fn events(self, symbols: &mut Symbols) -> Said {
        let events = |symbols: &mut Symbols| {
            let (instrument, time) = (symbols.get(self.s)?, millis("E", self.time)?);
            let mark = MarkPrice { price: price("p", self.p)?, index: traded("i", self.i)?, time };
            let mut said = vec![Message::Event(instrument.clone(), EventKind::MarkPrice(mark))];
            if let Some(rate) = optional("r", self.r)? {
                let next = maybe_millis("T", self.next)?;
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
            let liquidated = match side {
                "SELL" => PositionSide::Long,
                "BUY" => PositionSide::Short,
                other => return Err(not("BUY or SELL", "S", other)),
            };
            let (price, quantity) = (price("p", p)?, amount("q", q)?);
            let liquidation = Liquidation { liquidated, price, quantity, time: millis("T", time)?, id: None };
            Ok(Message::Event(symbols.get(s)?, EventKind::Liquidation(liquidation)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("forceOrder", detail))
    }
}

/// The best level of a side, where the message has it.
pub(super) fn level(
    fields: [&str; 2],
    price: Option<&str>,
    quantity: Option<&str>,
) -> Result<Option<crate::model::Level>, String> {
    match (price, quantity) {
        (Some(price), Some(quantity)) => best(fields, price, quantity),
        _ => Ok(None),
    }
}
