//! Raw messages of Binance, spot and USD-M, as events.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::candle::RawKline;
use super::symbols::Symbols;
use super::ticker::{RawDayTicker, RawForceOrder, RawMarkPrice};
use crate::model::{
    BookDiff, BookSnapshot, BookTicker, EventKind, InstrumentId, Level, Levels, Price, Quantity, Rejection, Side,
    SnapshotOrigin, Timestamp, Trade,
};

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::venues) enum Message {
    /// Something about an instrument.
    Event(InstrumentId, EventKind),
    /// A book from REST, which does not name its symbol: whoever asked for it knows.
    Snapshot(BookSnapshot),
    /// About the connection: the answer to a subscription, an announced shutdown.
    Control,
}

/// Why a message says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::venues) struct Refused {
    pub(in crate::venues) why: Rejection,
    /// The kind of the message, as the venue calls it, if it says so.
    pub(in crate::venues) kind: Option<String>,
    /// What was expected and what was found.
    pub(in crate::venues) detail: String,
}

/// Reads messages, one after the other; it remembers the names of instruments.
#[derive(Debug, Default)]
pub(in crate::venues) struct Parser {
    symbols: Symbols,
}

impl Parser {
    /// Hands what the message says to `take`, in its order: one statement, several, or why there is none.
    pub(in crate::venues) fn parse(&mut self, text: &str, mut take: impl FnMut(Result<Message, Refused>)) {
        // The usual shapes are recognised by how they begin, so that a message is read once.
        if let Some((stream, data)) = enveloped(text) {
            if let Some(message) = self.usual(stream, data) {
                return take(Ok(message));
            }
        } else if let Some(message) = self.usual("", text) {
            return take(Ok(message));
        }
        self.any(text, &mut take);
    }

    fn usual(&mut self, stream: &str, data: &str) -> Option<Message> {
        let done = if data.starts_with(r#"{"u":"#) {
            self.book_ticker(data)
        } else if data.starts_with(r#"{"e":"trade""#) {
            self.trade(data)
        } else if data.starts_with(r#"{"e":"depthUpdate""#) {
            self.diff(data)
        } else if data.starts_with(r#"{"e":"aggTrade""#) {
            self.aggregated_trade(data)
        } else if data.starts_with(r#"{"e":"bookTicker""#) && stream.is_empty() {
            self.book_ticker(data)
        } else {
            return None;
        };
        done.ok()
    }

    /// Reads a message of any shape; what is wrong with it is said in words.
    fn any(&mut self, text: &str, take: &mut dyn FnMut(Result<Message, Refused>)) {
        let wrong = |error: &serde_json::Error| Err(unreadable(None, "a JSON message of Binance", text, error));
        let (stream, body) = if text.trim_start().starts_with('[') {
            (None, text)
        } else {
            match serde_json::from_str::<Envelope<'_>>(text) {
                Ok(Envelope { stream, data }) => (stream, data.map_or(text, RawValue::get)),
                Err(error) => return take(wrong(&error)),
            }
        };
        let stream = stream.as_deref().unwrap_or_default();
        if !body.trim_start().starts_with('[') {
            return take(self.one(stream, body));
        }
        match serde_json::from_str::<Vec<&RawValue>>(body) {
            Ok(items) => {
                for item in items {
                    take(self.one(stream, item.get()));
                }
            }
            Err(error) => take(wrong(&error)),
        }
    }

    fn one(&mut self, stream: &str, body: &str) -> Result<Message, Refused> {
        let head: Head<'_> =
            serde_json::from_str(body).map_err(|error| unreadable(None, "a JSON message of Binance", body, &error))?;
        let of_stream = stream.split('@').nth(1).map(|kind| kind.trim_end_matches(|c: char| c.is_ascii_digit()));
        let kind = head.kind.as_deref().or(of_stream);
        match kind {
            Some("trade") => self.trade(body),
            Some("aggTrade") => self.aggregated_trade(body),
            Some("depthUpdate") => self.diff(body),
            Some("bookTicker") => self.book_ticker(body),
            Some("depth") if head.last_update_id.is_some() => self.partial_depth(stream, body),
            Some("depth") => self.diff(body),
            Some("kline") => self.read::<RawKline<'_>>("a kline message", body, RawKline::event),
            Some("24hrTicker" | "24hrMiniTicker") => {
                self.read::<RawDayTicker<'_>>("a ticker message", body, RawDayTicker::event)
            }
            Some("markPriceUpdate") => self.read::<RawMarkPrice<'_>>("a mark price message", body, RawMarkPrice::event),
            Some("forceOrder") => self.read::<RawForceOrder<'_>>("a liquidation message", body, RawForceOrder::event),
            Some("serverShutdown") => Ok(Message::Control),
            None if head.last_update_id.is_some() => self.snapshot(body),
            None if head.update_id.is_some() => self.book_ticker(body),
            None if head.id.is_some() || head.result.is_some() => Ok(Message::Control),
            other => Err(Refused {
                why: if other.is_some() { Rejection::UnknownKind } else { Rejection::Unreadable },
                kind: other.map(|kind| kind.chars().take(40).collect()),
                detail: format!(
                    "a trade, depthUpdate, bookTicker or snapshot message, found {}",
                    other.map_or_else(|| shorten(body), |kind| format!("`{}`", kind.escape_debug()))
                ),
            }),
        }
    }

    fn read<'a, T: Deserialize<'a>>(
        &mut self,
        expected: &str,
        body: &'a str,
        event: fn(T, &mut Symbols) -> Result<Message, String>,
    ) -> Result<Message, Refused> {
        let raw = read(expected, body)?;
        event(raw, &mut self.symbols).map_err(|detail| refused(expected, detail))
    }

    fn trade(&mut self, body: &str) -> Result<Message, Refused> {
        let raw: RawTrade<'_> = read("a trade message", body)?;
        let RawTrade { s, id, p, q, time, m } = raw;
        self.traded(&s, id, (&p, &q), time, m, false).map_err(|detail| refused("trade", detail))
    }

    fn aggregated_trade(&mut self, body: &str) -> Result<Message, Refused> {
        let raw: RawAggregatedTrade<'_> = read("an aggTrade message", body)?;
        let RawAggregatedTrade { s, id, p, q, time, m } = raw;
        self.traded(&s, id, (&p, &q), time, m, true).map_err(|detail| refused("aggTrade", detail))
    }

    fn traded(
        &mut self,
        symbol: &str,
        id: u64,
        (price, quantity): (&str, &str),
        time: u64,
        buyer_is_maker: bool,
        aggregated: bool,
    ) -> Result<Message, String> {
        let trade = Trade {
            id: id.into(),
            price: self::price("p", price)?,
            quantity: self::quantity("q", quantity)?,
            side: if buyer_is_maker { Side::Sell } else { Side::Buy },
            time: millis(time)?,
            aggregated,
        };
        Ok(Message::Event(self.symbols.get(symbol)?, EventKind::Trade(trade)))
    }

    fn diff(&mut self, body: &str) -> Result<Message, Refused> {
        let raw: RawDiff<'_> = read("a depthUpdate message", body)?;
        let diff = |symbols: &mut Symbols| {
            let diff = BookDiff {
                first_update_id: raw.first,
                last_update_id: raw.last,
                previous_update_id: raw.previous,
                bids: raw.b.0,
                asks: raw.a.0,
                time: millis(raw.time)?,
            };
            Ok(Message::Event(symbols.get(&raw.s)?, EventKind::Diff(diff)))
        };
        diff(&mut self.symbols).map_err(|detail| refused("depthUpdate", detail))
    }

    fn book_ticker(&mut self, body: &str) -> Result<Message, Refused> {
        let raw: RawTicker<'_> = read("a bookTicker message", body)?;
        let ticker = |symbols: &mut Symbols| {
            let ticker = BookTicker {
                update_id: Some(raw.u),
                bid: best("b", &raw.b, &raw.bid_quantity)?,
                ask: best("a", &raw.a, &raw.ask_quantity)?,
                time: raw.time.map(millis).transpose()?,
            };
            Ok(Message::Event(symbols.get(&raw.s)?, EventKind::BookTicker(ticker)))
        };
        ticker(&mut self.symbols).map_err(|detail| refused("bookTicker", detail))
    }

    fn snapshot(&mut self, body: &str) -> Result<Message, Refused> {
        let raw: RawSnapshot = read("a snapshot", body)?;
        raw.book(SnapshotOrigin::Request).map(Message::Snapshot).map_err(|detail| refused("snapshot", detail))
    }

    /// The first levels of a book; only the stream's name has the symbol.
    fn partial_depth(&mut self, stream: &str, body: &str) -> Result<Message, Refused> {
        let raw: RawSnapshot = read("a partial book", body)?;
        let name = stream.split('@').next().unwrap_or_default();
        let event = self.symbols.get(name).and_then(|instrument| {
            Ok(Message::Event(instrument, EventKind::Snapshot(raw.book(SnapshotOrigin::Partial)?)))
        });
        event.map_err(|detail| refused("depth", detail))
    }
}

/// The stream's name and the data of `{"stream":"..","data":..}` as Binance writes it.
fn enveloped(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(r#"{"stream":""#)?;
    let (stream, rest) = rest.split_once('"')?;
    Some((stream, rest.strip_prefix(r#","data":"#)?.strip_suffix('}')?))
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    stream: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "e", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(rename = "u")]
    update_id: Option<u64>,
    #[serde(rename = "lastUpdateId")]
    last_update_id: Option<u64>,
    /// Present and of any type: a number, a text, `null`.
    #[serde(default, deserialize_with = "present")]
    id: Option<()>,
    #[serde(default, deserialize_with = "present")]
    result: Option<()>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<()>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| Some(()))
}

#[derive(Deserialize)]
struct RawTrade<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(rename = "t")]
    id: u64,
    #[serde(borrow)]
    p: Cow<'a, str>,
    #[serde(borrow)]
    q: Cow<'a, str>,
    #[serde(rename = "T")]
    time: u64,
    /// The buyer is the maker, so the seller took.
    m: bool,
}

#[derive(Deserialize)]
struct RawAggregatedTrade<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(rename = "a")]
    id: u64,
    #[serde(borrow)]
    p: Cow<'a, str>,
    #[serde(borrow)]
    q: Cow<'a, str>,
    #[serde(rename = "T")]
    time: u64,
    m: bool,
}

#[derive(Deserialize)]
struct RawDiff<'a> {
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(rename = "E")]
    time: u64,
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    /// USD-M only.
    #[serde(rename = "pu")]
    previous: Option<u64>,
    b: RawLevels,
    a: RawLevels,
}

#[derive(Deserialize)]
struct RawTicker<'a> {
    u: u64,
    #[serde(borrow)]
    s: Cow<'a, str>,
    #[serde(borrow)]
    b: Cow<'a, str>,
    #[serde(rename = "B", borrow)]
    bid_quantity: Cow<'a, str>,
    #[serde(borrow)]
    a: Cow<'a, str>,
    #[serde(rename = "A", borrow)]
    ask_quantity: Cow<'a, str>,
    /// USD-M only.
    #[serde(rename = "T")]
    time: Option<u64>,
}

#[derive(Deserialize)]
struct RawSnapshot {
    #[serde(rename = "lastUpdateId")]
    last_update_id: u64,
    bids: RawLevels,
    asks: RawLevels,
    /// USD-M only.
    #[serde(rename = "T")]
    time: Option<u64>,
}

impl RawSnapshot {
    fn book(self, origin: SnapshotOrigin) -> Result<BookSnapshot, String> {
        let Self { last_update_id, bids: RawLevels(bids), asks: RawLevels(asks), time } = self;
        Ok(BookSnapshot { last_update_id, bids, asks, time: time.map(millis).transpose()?, origin })
    }
}

/// Levels as `[["price","quantity"],..]`; older frames have a third, empty part.
struct RawLevels(Levels);

impl<'de> Deserialize<'de> for RawLevels {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = RawLevels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("levels of a book")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawLevels, A::Error> {
                let mut levels = Levels::new();
                while let Some(RawLevel(level)) = items.next_element()? {
                    levels.push(level);
                }
                Ok(RawLevels(levels))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

struct RawLevel(Level);

impl<'de> Deserialize<'de> for RawLevel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = RawLevel;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price and a quantity")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<RawLevel, A::Error> {
                let missing = |index| serde::de::Error::invalid_length(index, &"a price and a quantity");
                let price: &str = parts.next_element()?.ok_or_else(|| missing(0))?;
                let quantity: &str = parts.next_element()?.ok_or_else(|| missing(1))?;
                while parts.next_element::<IgnoredAny>()?.is_some() {}
                let price = price.parse().map_err(serde::de::Error::custom)?;
                Ok(RawLevel(Level { price, quantity: quantity.parse().map_err(serde::de::Error::custom)? }))
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

/// A best price; Binance writes zeros for a side where nobody waits.
fn best(field: &str, price: &str, quantity: &str) -> Result<Option<Level>, String> {
    let is_zero = |text: &str| text.bytes().all(|byte| matches!(byte, b'0' | b'.')) && !text.is_empty();
    if is_zero(price) && is_zero(quantity) {
        return Ok(None);
    }
    Ok(Some(Level { price: self::price(field, price)?, quantity: self::quantity(field, quantity)? }))
}

pub(super) fn price(field: &str, text: &str) -> Result<Price, String> {
    text.parse().map_err(in_field(field))
}

pub(super) fn quantity(field: &str, text: &str) -> Result<Quantity, String> {
    text.parse().map_err(in_field(field))
}

pub(super) fn millis(millis: u64) -> Result<Timestamp, String> {
    Timestamp::from_millis(millis).ok_or_else(|| format!("a time in milliseconds since 1970, found {millis}"))
}

fn in_field(field: &str) -> impl Fn(crate::model::ValueError) -> String + '_ {
    move |error| format!("{} in field `{field}`, found `{}`", error.expected, error.found.escape_debug())
}

fn read<'a, T: Deserialize<'a>>(expected: &str, text: &'a str) -> Result<T, Refused> {
    serde_json::from_str(text).map_err(|error| unreadable(kind_of(text), expected, text, &error))
}

fn refused(kind: &str, detail: String) -> Refused {
    Refused { why: Rejection::Unreadable, kind: Some(kind.to_owned()), detail }
}

fn unreadable(kind: Option<String>, expected: &str, text: &str, error: &serde_json::Error) -> Refused {
    let detail = match error.classify() {
        serde_json::error::Category::Eof => {
            format!("{expected}, but it ends after {} characters: {}", text.chars().count(), shorten(text))
        }
        _ => format!("{expected}, found {}: {error}", shorten(text)),
    };
    Refused { why: Rejection::Unreadable, kind, detail }
}

fn kind_of(text: &str) -> Option<String> {
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    head.kind.map(|kind| kind.chars().take(40).collect())
}

/// The first characters, without any that a terminal would obey.
fn shorten(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    let dots = if start.len() < text.len() { "…" } else { "" };
    let safe: String =
        start.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect();
    format!("`{safe}{dots}`")
}
