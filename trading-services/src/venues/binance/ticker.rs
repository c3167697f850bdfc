//! Tickers, mark prices and liquidations of Binance.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::parse::{Message, millis, price, quantity};
use super::symbols::Symbols;
use crate::model::{EventKind, Liquidation, MarkPrice, PositionSide, Price, Ticker};

/// `<symbol>@ticker`, `<symbol>@miniTicker`
#[derive(Deserialize)]
pub(super) struct RawDayTicker<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(rename = "E")]
    time: u64,
    #[serde(borrow)]
    c: Cow<'a, str>,
    #[serde(borrow)]
    o: Cow<'a, str>,
    #[serde(borrow)]
    h: Cow<'a, str>,
    #[serde(borrow)]
    l: Cow<'a, str>,
    #[serde(borrow)]
    v: Cow<'a, str>,
    #[serde(borrow)]
    q: Cow<'a, str>,
    #[serde(rename = "P", borrow)]
    change_percent: Option<Cow<'a, str>>,
}

/// `<symbol>@markPrice` of USD-M
#[derive(Deserialize)]
pub(super) struct RawMarkPrice<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(rename = "E")]
    time: u64,
    #[serde(borrow)]
    p: Cow<'a, str>,
    #[serde(borrow)]
    i: Option<Cow<'a, str>>,
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
    s: Cow<'a, str>,
    /// The side of the order.
    #[serde(rename = "S", borrow)]
    side: Cow<'a, str>,
    #[serde(borrow)]
    q: Cow<'a, str>,
    #[serde(rename = "ap", borrow)]
    average_price: Cow<'a, str>,
    #[serde(rename = "T")]
    time: u64,
}

impl RawDayTicker<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, String> {
        let ticker = Ticker {
            time: Some(millis(self.time)?),
            last: traded("c", &self.c)?,
            open: traded("o", &self.o)?,
            high: traded("h", &self.h)?,
            low: traded("l", &self.l)?,
            volume: Some(decimal("v", &self.v)?),
            turnover: Some(decimal("q", &self.q)?),
            change_percent: self.change_percent.map(|text| decimal("P", &text)).transpose()?,
            ..Ticker::default()
        };
        Ok(Message::Event(symbols.get(&self.s)?, EventKind::Ticker(Box::new(ticker))))
    }
}

impl RawMarkPrice<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, String> {
        let index = self.i.map(|text| traded("i", &text)).transpose()?.flatten();
        let mark = MarkPrice { price: price("p", &self.p)?, index, time: millis(self.time)? };
        Ok(Message::Event(symbols.get(&self.s)?, EventKind::MarkPrice(mark)))
    }
}

impl RawForceOrder<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, String> {
        let Order { s, side, q, average_price, time } = self.o;
        let liquidated = match &*side {
            "SELL" => PositionSide::Long,
            "BUY" => PositionSide::Short,
            other => return Err(format!("BUY or SELL in field `S`, found `{}`", other.escape_debug())),
        };
        let (price, quantity) = (price("ap", &average_price)?, quantity("q", &q)?);
        let liquidation = Liquidation { liquidated, price, quantity, time: millis(time)?, id: None };
        Ok(Message::Event(symbols.get(&s)?, EventKind::Liquidation(liquidation)))
    }
}

/// A price that is zero while nothing was traded.
fn traded(field: &str, text: &str) -> Result<Option<Price>, String> {
    Ok(Price::new(decimal(field, text)?).ok())
}

fn decimal(field: &str, text: &str) -> Result<Decimal, String> {
    let wrong = |_| format!("a decimal number in field `{field}`, found `{}`", text.escape_debug());
    Decimal::from_str_exact(text).map_err(wrong)
}
