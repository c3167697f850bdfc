//! Bodies of Bybit's REST interface.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::OPTIONS;
use super::candle;
use super::instruments::RawInstrument;
use super::ticker::{self, RawOption, RawTicker};
use crate::model::{BookSnapshot, CandleUpdate, EventKind, Funding, Rejection, SnapshotOrigin, Trade, TradeId};
use crate::venues::wire::fields::{amount, decimal, millis, price, side, written_millis};
use crate::venues::wire::{Message, RawLevels, Refused, Sink, Symbols, by_name, shorten};

/// A body: `retCode` 0 and a result, or what went wrong.
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct Body<'a> {
    ret_code: i64,
    /// It may have quotes.
    #[serde(borrow)]
    ret_msg: Cow<'a, str>,
    #[serde(borrow)]
    result: &'a RawValue,
    time: Option<u64>,
}

by_name!(Body<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Answer<'a> {
    category: Option<&'a str>,
    symbol: Option<&'a str>,
    #[serde(borrow)]
    list: Option<Vec<&'a RawValue>>,
    /// Of a book.
    s: Option<&'a str>,
    b: Option<RawLevels>,
    a: Option<RawLevels>,
    u: Option<u64>,
    ts: Option<u64>,
    /// Of the server's time.
    #[serde(rename = "timeNano")]
    time_nano: Option<IgnoredAny>,
}

by_name!(Answer<'a>);

/// By what the rows of a list are told from those of others.
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct Row {
    lot_size_filter: Option<IgnoredAny>,
    exec_id: Option<IgnoredAny>,
    funding_rate_timestamp: Option<IgnoredAny>,
    last_price: Option<IgnoredAny>,
}

by_name!(Row);

/// A row of `GET /v5/market/recent-trade`
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct RawTrade<'a> {
    exec_id: &'a str,
    symbol: &'a str,
    price: &'a str,
    size: &'a str,
    side: &'a str,
    time: &'a str,
}

by_name!(RawTrade<'a>);

/// A row of `GET /v5/market/funding/history`
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct RawFunding<'a> {
    symbol: &'a str,
    funding_rate: &'a str,
    funding_rate_timestamp: &'a str,
}

by_name!(RawFunding<'a>);

/// What the documentation calls the values of a candle; a list does not name them.
const CANDLE: candle::Names =
    candle::Names { prices: ["openPrice", "highPrice", "lowPrice", "closePrice"], volume: "volume" };

/// The product that a body is about.
pub(super) fn category(text: &str) -> Result<Option<&str>, Refused> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Outer<'a> {
        #[serde(borrow)]
        result: Inner<'a>,
    }

    by_name!(Outer<'a>);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Inner<'a> {
        category: Option<&'a str>,
    }

    by_name!(Inner<'a>);
    let outer: Outer<'_> = serde_json::from_str(text).map_err(|error| wrong(text, &error))?;
    Ok(outer.result.category)
}

/// Hands on what a body says; which one it is, its fields say.
pub(super) fn body(text: &str, symbols: &mut Symbols, sink: &mut dyn Sink) -> Result<(), Refused> {
    let Body { ret_code, ret_msg, result, time } = serde_json::from_str(text).map_err(|error| wrong(text, &error))?;
    if ret_code != 0 {
        let detail = format!("an answer, found the error {ret_code}: {}", shorten(&ret_msg));
        return Err(Refused { why: Rejection::Unreadable, kind: Some("error".to_owned()), detail });
    }
    let parsed: Answer<'_> = read(result.get())?;
    let Some(list) = parsed.list else {
        if parsed.time_nano.is_some() {
            sink.put(Ok(Message::Control));
            return Ok(());
        }
        sink.put(Ok(book(parsed, symbols).map_err(|detail| Refused::unreadable("orderbook", detail))?));
        return Ok(());
    };
    for row in list {
        let row = row.get();
        if row.trim_start().starts_with('[') {
            sink.put(candle(row, parsed.symbol, symbols));
            continue;
        }
        // What one row is not, the others may be.
        let head: Row = match read(row) {
            Ok(head) => head,
            Err(refused) => {
                sink.put(Err(refused));
                continue;
            }
        };
        if head.lot_size_filter.is_some() {
            sink.put(read::<RawInstrument<'_>>(row).and_then(|raw| raw.event(symbols)));
        } else if head.exec_id.is_some() {
            let trade = read::<RawTrade<'_>>(row)
                .and_then(|raw| raw.event(symbols).map_err(|detail| Refused::unreadable("recent-trade", detail)));
            sink.put(trade);
        } else if head.funding_rate_timestamp.is_some() {
            let funding = read::<RawFunding<'_>>(row)
                .and_then(|raw| raw.event(symbols).map_err(|detail| Refused::unreadable("funding", detail)));
            sink.put(funding);
        } else if head.last_price.is_some() {
            // When it was asked for stands beside the result; nobody says when a row has changed.
            if symbols.venue() == OPTIONS {
                sink.put(read::<RawOption<'_>>(row).and_then(|raw| raw.event(time, symbols, &ticker::BODY)));
                continue;
            }
            match read::<RawTicker<'_>>(row) {
                Ok(raw) => raw.events(("time", time), symbols, sink),
                Err(refused) => sink.put(Err(refused)),
            }
        } else {
            sink.put(Err(Refused::unknown(
                parsed.category.unwrap_or("body"),
                "instruments, tickers, trades, fundings or candles",
            )));
        }
    }
    Ok(())
}

fn read<'a, T: Deserialize<'a>>(row: &'a str) -> Result<T, Refused> {
    serde_json::from_str(row).map_err(|error| wrong(row, &error))
}

fn wrong(text: &str, error: &serde_json::Error) -> Refused {
    Refused::json(Some("body".to_owned()), "a body of Bybit v5", text, error)
}

/// `GET /v5/market/orderbook`: its number is that of depth 1000, and says nothing about the changes of other depths. So it
/// counts as the first levels of a book, and never joins a stream of changes.
fn book(raw: Answer<'_>, symbols: &mut Symbols) -> Result<Message, String> {
    let (Some(s), Some(RawLevels(bids)), Some(RawLevels(asks)), Some(u), Some(ts)) =
        (raw.s, raw.b, raw.a, raw.u, raw.ts)
    else {
        return Err("the fields `s`, `b`, `a`, `u` and `ts` of a book, or a list".to_owned());
    };
    let (time, origin) = (Some(millis("ts", ts)?), SnapshotOrigin::Partial);
    let book = BookSnapshot { last_update_id: u, bids, asks, time, origin };
    Ok(Message::Event(symbols.get(s)?, EventKind::Snapshot(book)))
}

/// A row of `GET /v5/market/kline`. How long it lasts and whether it is closed, the body does not say: the last one may
/// still form.
fn candle(row: &str, symbol: Option<&str>, symbols: &mut Symbols) -> Result<Message, Refused> {
    #[derive(Deserialize)]
    #[serde(expecting = "seven values")]
    struct RawRow<'a>(&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, IgnoredAny);
    let RawRow(start, o, h, l, c, v, _) = read(row)?;
    let event = |symbols: &mut Symbols| {
        let candle = candle::candle(written_millis("startTime", start)?, [o, h, l, c], v, &CANDLE)?;
        let update = CandleUpdate { interval: std::time::Duration::ZERO, candle, closed: false, time: None };
        let symbol = symbol.ok_or("a symbol beside the candles")?;
        Ok::<_, String>(Message::Event(symbols.get(symbol)?, EventKind::Candle(update)))
    };
    event(symbols).map_err(|detail| Refused::unreadable("kline", detail))
}

impl RawTrade<'_> {
    fn event(self, symbols: &mut Symbols) -> Result<Message, String> {
        let trade = Trade {
            id: TradeId::from(self.exec_id),
            price: price("price", self.price)?,
            quantity: amount("size", self.size)?,
            side: side("side", self.side)?,
            time: written_millis("time", self.time)?,
            aggregated: false,
        };
        Ok(Message::Event(symbols.get(self.symbol)?, EventKind::Trade(trade)))
    }
}

impl RawFunding<'_> {
    fn event(self, symbols: &mut Symbols) -> Result<Message, String> {
        let rate = decimal("fundingRate", self.funding_rate)?;
        let time = written_millis("fundingRateTimestamp", self.funding_rate_timestamp)?;
        let funding = Funding { rate, next: None, time };
        Ok(Message::Event(symbols.get(self.symbol)?, EventKind::Funding(funding)))
    }
}
