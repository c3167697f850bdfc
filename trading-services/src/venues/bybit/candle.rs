//! Candles of Bybit.

use std::time::Duration;

use serde::Deserialize;

use crate::model::{Candle, CandleUpdate, EventKind, Timestamp};
use crate::venues::wire::fields::{lasting, millis, price, prices, quantity};
use crate::venues::wire::{Refused, Sink, Symbols, by_name};

/// The candles of a message of `kline.<interval>.<symbol>`; only the topic has the symbol.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct RawCandles<'a>(#[serde(borrow)] Vec<RawCandle<'a>>);

#[derive(Deserialize)]
#[serde(remote = "Self")]
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

by_name!(RawCandle<'a>);

/// What the fields of a candle are called.
#[derive(Debug)]
pub(super) struct Names {
    /// Open, high, low and close.
    pub(super) prices: [&'static str; 4],
    pub(super) volume: &'static str,
}

/// In messages of the stream.
const STREAM: Names = Names { prices: ["open", "high", "low", "close"], volume: "volume" };

impl RawCandles<'_> {
    /// Each that is as it should be, and why another one is not.
    pub(super) fn events(&self, topic: &str, symbols: &mut Symbols, sink: &mut (impl Sink + ?Sized)) {
        let symbol = symbol(topic).unwrap_or_default();
        for candle in &self.0 {
            if let Err(detail) = candle.event(symbol, symbols, sink) {
                sink.put(Err(Refused::unreadable("kline", detail)));
            }
        }
    }
}

impl RawCandle<'_> {
    #[inline(always)]
    fn event(&self, symbol: &str, symbols: &mut Symbols, sink: &mut (impl Sink + ?Sized)) -> Result<(), String> {
        let interval = Duration::from_millis(lasting(self.start, self.end)?);
        let candle =
            candle(millis("start", self.start)?, [self.open, self.high, self.low, self.close], self.volume, &STREAM)?;
        let time = Some(millis("timestamp", self.timestamp)?);
        let update = CandleUpdate { interval, candle, closed: self.confirm, time };
        sink.event(symbols.get(symbol)?, EventKind::Candle(update));
        Ok(())
    }
}

/// The symbol of `kline.<interval>.<symbol>`.
fn symbol(topic: &str) -> Option<&str> {
    let rest = topic.strip_prefix("kline.")?;
    let point = rest.bytes().position(|byte| byte == b'.')?;
    rest.get(point + 1..)
}

/// A candle of the stream or of a body. Bybit does not say how many trades there were; where there is a volume, there was one.
/// It is always inlined: a candle is large, and would be copied once more on its way.
#[inline(always)]
pub(super) fn candle(
    open_time: Timestamp,
    [o, h, l, c]: [&str; 4],
    volume: &str,
    names: &Names,
) -> Result<Candle, String> {
    let volume = quantity(names.volume, volume)?;
    let [open, high, low, close] = names.prices;
    let [open, high, low, close] = prices([price(open, o)?, price(high, h)?, price(low, l)?, price(close, c)?])?;
    let trades = u64::from(!volume.is_zero());
    Ok(Candle { open_time, open, high, low, close, trades, volume, doubtful: 0 })
}
