//! Candles of Binance.

use std::time::Duration;

use serde::Deserialize;

use super::parse::check_market;
use crate::model::{Candle, CandleUpdate, EventKind};
use crate::venues::wire::fields::{self, lasting, millis, price, quantity};
use crate::venues::wire::{Message, Refused, Symbols, by_name};

/// `<symbol>@kline_<interval>`
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawKline<'a> {
    s: &'a str,
    #[serde(rename = "E")]
    time: u64,
    k: Body<'a>,
    st: Option<u8>,
}

by_name!(RawKline<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Body<'a> {
    #[serde(rename = "t")]
    open_time: u64,
    /// The last millisecond.
    #[serde(rename = "T")]
    close_time: u64,
    o: &'a str,
    h: &'a str,
    l: &'a str,
    c: &'a str,
    v: &'a str,
    #[serde(rename = "n")]
    trades: u64,
    #[serde(rename = "x")]
    closed: bool,
}

by_name!(Body<'a>);

/// What the fields of a candle are called.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) open_time: &'static str,
    /// Open, high, low and close.
    pub(super) prices: [&'static str; 4],
    pub(super) volume: &'static str,
}

/// In messages of the stream.
const STREAM: Names = Names { open_time: "t", prices: ["o", "h", "l", "c"], volume: "v" };

impl RawKline<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "kline")?;
        let event = |symbols: &mut Symbols| {
            let Body { open_time, close_time, o, h, l, c, v, trades, closed } = self.k;
            let (candle, interval) = candle((open_time, close_time), [o, h, l, c], v, trades, &STREAM)?;
            let update = CandleUpdate { interval, candle, closed, time: Some(millis("E", self.time)?) };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::Candle(update)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("kline", detail))
    }
}

/// A candle of the stream or of a body, and how long it lasts; Binance ends it with its last millisecond. It is always inlined,
/// as that of Bybit is.
#[inline(always)]
pub(super) fn candle(
    (open_time, close_time): (u64, u64),
    [o, h, l, c]: [&str; 4],
    volume: &str,
    trades: u64,
    names: &Names,
) -> Result<(Candle, Duration), String> {
    let interval = Duration::from_millis(lasting(open_time, close_time)?);
    let open_time = millis(names.open_time, open_time)?;
    let [open, high, low, close] = names.prices;
    let prices = [price(open, o)?, price(high, h)?, price(low, l)?, price(close, c)?];
    let volume = quantity(names.volume, volume)?;
    let [open, high, low, close] = fields::prices(prices)?;
    Ok((Candle { open_time, open, high, low, close, volume, trades, doubtful: 0 }, interval))
}
