//! Candles of Binance.

use std::ops::Deref;
use std::time::Duration;

use serde::Deserialize;

use super::parse::check_market;
use crate::model::{Candle, CandleUpdate, EventKind};
use crate::venues::wire::fields::{millis, price, quantity};
use crate::venues::wire::{Message, Refused, Symbols};

/// `<symbol>@kline_<interval>`
#[derive(Deserialize)]
pub(super) struct RawKline<S> {
    s: S,
    #[serde(rename = "E")]
    time: u64,
    k: Body<S>,
    st: Option<u8>,
}

#[derive(Deserialize)]
struct Body<S> {
    #[serde(rename = "t")]
    open_time: u64,
    /// The last millisecond.
    #[serde(rename = "T")]
    close_time: u64,
    o: S,
    h: S,
    l: S,
    c: S,
    v: S,
    #[serde(rename = "n")]
    trades: u64,
    #[serde(rename = "x")]
    closed: bool,
}

impl<S: Deref<Target = str>> RawKline<S> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "kline")?;
        let event = |symbols: &mut Symbols| {
            let Body { open_time, close_time, o, h, l, c, v, trades, closed } = self.k;
            let (candle, interval) = candle((open_time, close_time), [&o, &h, &l, &c], &v, trades)?;
            let update = CandleUpdate { interval, candle, closed, time: Some(millis(self.time)?) };
            Ok(Message::Event(symbols.get(&self.s)?, EventKind::Candle(update)))
        };
        event(symbols).map_err(|detail| Refused::unreadable("kline", detail))
    }
}

/// A candle of the stream or of a body, and how long it lasts; Binance ends it with its last millisecond.
pub(super) fn candle(
    (open_time, close_time): (u64, u64),
    [o, h, l, c]: [&str; 4],
    volume: &str,
    trades: u64,
) -> Result<(Candle, Duration), String> {
    let length = close_time.checked_sub(open_time).ok_or("a candle that ends after it begins")?;
    let candle = Candle {
        open_time: millis(open_time)?,
        open: price("o", o)?,
        high: price("h", h)?,
        low: price("l", l)?,
        close: price("c", c)?,
        volume: quantity("v", volume)?,
        trades,
        doubtful: 0,
    };
    Ok((candle, Duration::from_millis(length.saturating_add(1))))
}
