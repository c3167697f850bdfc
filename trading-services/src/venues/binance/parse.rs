//! Raw messages of Binance, spot and USD-M, as events.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::book::{RawDiff, RawSnapshot, RawTicker};
use super::candle::RawKline;
use super::ticker::{RawDayTicker, RawForceOrder, RawMarkPrice};
use super::trade::{RawAggregatedTrade, RawTrade};
use super::{USD_M, instruments, rest};
use crate::model::{Rejection, VenueId};
use crate::venues::wire::{Message, Refused, Sink, Symbols, by_name, kind_name, shorten, without_escapes};

/// What is said of one instrument by one message, in its order.
pub(super) type Said = Result<Vec<Message>, Refused>;

/// Reads messages, one after the other; it remembers the names of instruments.
#[derive(Debug)]
pub(in crate::venues) struct Parser {
    symbols: Symbols,
}

impl Parser {
    /// A parser of spot or of USD-M.
    pub(in crate::venues) fn new(venue: VenueId) -> Self {
        Self { symbols: Symbols::new(venue) }
    }

    /// Hands what the message says to `sink`, in its order: one statement, several, or why there is none.
    pub(in crate::venues) fn parse(&mut self, text: &str, sink: &mut impl Sink) {
        // The usual shapes are recognised by how they begin, so that a message is read once.
        let (stream, data) = enveloped(text).unwrap_or(("", text));
        if let Some(message) = self.usual(stream, data) {
            return sink.put(Ok(message));
        }
        self.any(&without_escapes(text), sink);
    }

    fn usual(&mut self, stream: &str, data: &str) -> Option<Message> {
        let done = if data.starts_with(r#"{"u":"#) {
            self.read("", data, RawTicker::event)
        } else if data.starts_with(r#"{"e":"trade""#) {
            self.read("", data, RawTrade::event)
        } else if data.starts_with(r#"{"e":"depthUpdate""#) && !is_partial(stream) {
            self.read("", data, RawDiff::event)
        } else if data.starts_with(r#"{"e":"aggTrade""#) {
            self.read("", data, RawAggregatedTrade::event)
        } else if data.starts_with(r#"{"e":"bookTicker""#) {
            self.read("", data, RawTicker::event)
        } else if data.starts_with(r#"{"e":"kline""#) {
            self.read("", data, RawKline::event)
        } else if data.starts_with(r#"{"e":"24hrTicker""#) || data.starts_with(r#"{"e":"24hrMiniTicker""#) {
            self.read("", data, RawDayTicker::event)
        } else if data.starts_with(r#"{"lastUpdateId":"#) && stream.is_empty() {
            self.read("", data, |raw: RawSnapshot, _| raw.unnamed())
        } else {
            return None;
        };
        done.ok()
    }

    /// Reads a message of any shape; what is wrong with it is said in words.
    fn any(&mut self, text: &str, sink: &mut dyn Sink) {
        let wrong = |error: &serde_json::Error| Err(Refused::json(None, "a JSON message of Binance", text, error));
        let (stream, body) = if text.trim_start().starts_with('[') {
            (None, text)
        } else {
            match serde_json::from_str::<Envelope<'_>>(text) {
                Ok(Envelope { stream, data }) => (stream, data.map_or(text, RawValue::get)),
                Err(error) => return sink.put(wrong(&error)),
            }
        };
        let stream = stream.unwrap_or_default();
        if !body.trim_start().starts_with('[') && instruments::read(body, &mut self.symbols, sink).is_some() {
            return;
        }
        let mut say = |said: Said| match said {
            Ok(said) => said.into_iter().for_each(|message| sink.put(Ok(message))),
            Err(refused) => sink.put(Err(refused)),
        };
        if !body.trim_start().starts_with('[') {
            return say(self.one(stream, body));
        }
        match serde_json::from_str::<Vec<&RawValue>>(body) {
            Ok(items) => items.iter().for_each(|item| say(self.one(stream, item.get()))),
            Err(error) => sink.put(wrong(&error)),
        }
    }

    fn one(&mut self, stream: &str, body: &str) -> Said {
        if body.trim_start().starts_with('[') {
            return rest::candle(body).map(|message| vec![message]);
        }
        let head: Head<'_> = serde_json::from_str(body)
            .map_err(|error| Refused::json(None, "a JSON message of Binance", body, &error))?;
        if self.symbols.venue() == USD_M && head.market == Some(COIN_M) {
            let detail = "a message of USD-M, found one of COIN-M (`st` is 2)".to_owned();
            return Err(Refused { why: Rejection::OtherMarket, kind: head.kind.map(kind_name), detail });
        }
        let of_stream = stream.split('@').nth(1).map(|kind| kind.trim_end_matches(|c: char| c.is_ascii_digit()));
        let kind = head.kind.or(of_stream);
        let one = match kind {
            Some("trade") => self.read("a trade message", body, RawTrade::event),
            Some("aggTrade") => self.read("an aggTrade message", body, RawAggregatedTrade::event),
            Some("depthUpdate") if is_partial(stream) => self.read("a partial book", body, RawDiff::partial),
            Some("depthUpdate") => self.read("a depthUpdate message", body, RawDiff::event),
            Some("bookTicker") => self.read("a bookTicker message", body, RawTicker::event),
            Some("depth") if head.last_update_id.is_none() => self.read("a depthUpdate message", body, RawDiff::event),
            Some("depth") => {
                self.read("a partial book", body, |raw: RawSnapshot, symbols| raw.partial(stream, symbols))
            }
            Some("depthSnapshot") => {
                self.read("a snapshot", body, |raw: RawSnapshot, symbols| raw.requested(stream, symbols))
            }
            Some("kline") => self.read("a kline message", body, RawKline::event),
            Some("24hrTicker" | "24hrMiniTicker") => self.read("a ticker message", body, RawDayTicker::event),
            Some("markPriceUpdate") => {
                return self.read_all("a mark price message", body, RawMarkPrice::events);
            }
            Some("forceOrder") => self.read("a liquidation message", body, RawForceOrder::event),
            Some("serverShutdown") => Ok(Message::Control),
            None if head.last_update_id.is_some() => self.read("a snapshot", body, |raw: RawSnapshot, _| raw.unnamed()),
            None if head.update_id.is_some() => self.read("a bookTicker message", body, RawTicker::event),
            Some("openInterest") => return rest::body(body, &mut self.symbols),
            None if head.symbol.is_some() || head.price.is_some() || head.symbols.is_some() || head.code.is_some() => {
                return rest::body(body, &mut self.symbols);
            }
            None if head.server_time.is_some() => Ok(Message::Control),
            None if head.id.is_some() || head.result.is_some() => Ok(Message::Control),
            Some(other) => Err(Refused::unknown(other, EXPECTED)),
            None => Err(Refused {
                why: Rejection::Unreadable,
                kind: None,
                detail: format!("{EXPECTED}, found {}", shorten(body)),
            }),
        };
        one.map(|message| vec![message])
    }

    fn read<'a, T: Deserialize<'a>>(
        &mut self,
        expected: &str,
        body: &'a str,
        event: impl FnOnce(T, &mut Symbols) -> Result<Message, Refused>,
    ) -> Result<Message, Refused> {
        let raw = serde_json::from_str(body).map_err(|error| Refused::json(kind_of(body), expected, body, &error))?;
        event(raw, &mut self.symbols)
    }

    fn read_all<'a, T: Deserialize<'a>>(
        &mut self,
        expected: &str,
        body: &'a str,
        events: impl FnOnce(T, &mut Symbols) -> Said,
    ) -> Said {
        let raw = serde_json::from_str(body).map_err(|error| Refused::json(kind_of(body), expected, body, &error))?;
        events(raw, &mut self.symbols)
    }
}

const EXPECTED: &str = "a trade, depthUpdate, bookTicker or snapshot message";

/// What `st` is of rows of COIN-M, which USD-M sends among its own.
const COIN_M: u8 = 2;

/// Refuses a row of COIN-M among those of USD-M; why, the reader of messages of any shape says better.
pub(super) fn check_market(market: Option<u8>, kind: &str) -> Result<(), Refused> {
    match market {
        Some(COIN_M) => Err(Refused::unreadable(kind, "a message of USD-M".to_owned())),
        _ => Ok(()),
    }
}

/// Whether the stream has the first levels of a book only: `btcusdt@depth20@100ms`.
fn is_partial(stream: &str) -> bool {
    let depth = stream.split('@').nth(1).and_then(|kind| kind.strip_prefix("depth"));
    depth.is_some_and(|levels| levels.starts_with(|first: char| first.is_ascii_digit()))
}

/// The stream's name and the data of `{"stream":"..","data":..}` as Binance writes it; a name with an escape is another than
/// it looks like, and is left to the reader of messages of any shape.
fn enveloped(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(r#"{"stream":""#)?;
    let (stream, rest) = rest.split_at_checked(rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?)?;
    Some((stream, rest.strip_prefix(r#"","data":"#)?.strip_suffix('}')?))
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Envelope<'a> {
    stream: Option<&'a str>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

by_name!(Envelope<'a>);

/// By what a message is told from others.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Head<'a> {
    #[serde(rename = "e")]
    kind: Option<&'a str>,
    #[serde(rename = "u")]
    update_id: Option<u64>,
    #[serde(rename = "lastUpdateId")]
    last_update_id: Option<u64>,
    #[serde(rename = "st")]
    market: Option<u8>,
    /// Present and of any type: a number, a text, `null`.
    #[serde(default, deserialize_with = "present")]
    id: Option<()>,
    #[serde(default, deserialize_with = "present")]
    result: Option<()>,
    #[serde(default, deserialize_with = "present")]
    symbol: Option<()>,
    #[serde(default, deserialize_with = "present")]
    symbols: Option<()>,
    #[serde(default, deserialize_with = "present")]
    code: Option<()>,
    #[serde(default, deserialize_with = "present", alias = "p")]
    price: Option<()>,
    #[serde(rename = "serverTime", default, deserialize_with = "present")]
    server_time: Option<()>,
}

by_name!(Head<'a>);

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<()>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| Some(()))
}

fn kind_of(text: &str) -> Option<String> {
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    head.kind.map(kind_name)
}
