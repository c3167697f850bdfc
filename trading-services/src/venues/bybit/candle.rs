//! Candles of Bybit.

use std::time::Duration;

use serde::Deserialize;

use crate::model::{Candle, CandleUpdate, EventKind};
use crate::venues::wire::fields::{millis, price, quantity};
use crate::venues::wire::{Message, Refused, Symbols};

/// The candles of a message of `kline.<interval>.<symbol>`; only the topic has the symbol.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct RawCandles<'a>(#[serde(borrow)] Vec<RawCandle<'a>>);

#[derive(Deserialize)]
struct RawCandle<'a> {
    start: u64,
    /// The last millisecond.
    end: u64,
    open: &'a str,
    high: &'a str,
    low: &'a str,
    close: &'a str,
    volume: &'a str,
    confirm: bool,
    timestamp: u64,
}

impl RawCandles<'_> {
    /// Each that is as it should be, and why another one is not.
    pub(super) fn events(self, topic: &str, symbols: &mut Symbols, mut take: impl FnMut(Result<Message, Refused>)) {
        let symbol = symbol(topic).unwrap_or_default();
        let mut event = |raw: RawCandle<'_>| {
            let length = raw.end.checked_sub(raw.start).ok_or("a candle that ends after it begins")?;
            let prices = [raw.open, raw.high, raw.low, raw.close];
            let update = CandleUpdate {
                interval: Duration::from_millis(length.saturating_add(1)),
                candle: candle(raw.start, prices, raw.volume)?,
                closed: raw.confirm,
                time: Some(millis(raw.timestamp)?),
            };
            Ok(Message::Event(symbols.get(symbol)?, EventKind::Candle(update)))
        };
        for raw in self.0 {
            take(event(raw).map_err(|detail: String| Refused::unreadable("kline", detail)));
        }
    }
}

/// The symbol of `kline.<interval>.<symbol>`.
fn symbol(topic: &str) -> Option<&str> {
    let rest = topic.strip_prefix("kline.")?;
    let point = rest.bytes().position(|byte| byte == b'.')?;
    rest.get(point + 1..)
}

/// A candle of the stream or of a body. Bybit does not say how many trades there were; where there is a volume, there was one.
pub(super) fn candle(start: u64, [o, h, l, c]: [&str; 4], volume: &str) -> Result<Candle, String> {
    let volume = quantity("volume", volume)?;
    Ok(Candle {
        open_time: millis(start)?,
        open: price("open", o)?,
        high: price("high", h)?,
        low: price("low", l)?,
        close: price("close", c)?,
        trades: u64::from(!volume.is_zero()),
        volume,
        doubtful: 0,
    })
}
