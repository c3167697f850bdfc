//! Raw messages of Bybit v5 as events: topics of the stream, and bodies of requests.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::book::Tops;
use super::candle::RawCandles;
use super::liquidation::{self, RawLiquidation, RawLiquidations};
use super::ticker::{self, RawOption, RawTicker};
use super::trade::RawTrades;
use super::{OPTIONS, SPOT, VENUE, rest};
use crate::model::{Rejection, VenueId};
use crate::venues::wire::{Maybe, Message, Refused, Sink, Symbols, by_name, shorten, without_escapes};

/// Reads messages, one after the other; it remembers the names of instruments, and the best prices of those whose changes
/// name one side only.
#[derive(Debug)]
pub(in crate::venues) struct Parser {
    symbols: Symbols,
    tops: Tops,
    /// Bodies say of which product they are, and may be of another one than the stream.
    others: HashMap<VenueId, Symbols>,
}

/// A message of a topic.
#[derive(Deserialize)]
pub(super) struct Topic<'a, D> {
    pub(super) topic: &'a str,
    /// When it was made, in milliseconds.
    pub(super) ts: u64,
    #[serde(rename = "type", default)]
    pub(super) kind: Maybe<'a>,
    pub(super) data: D,
}

impl Parser {
    /// A parser of one of Bybit's products.
    pub(in crate::venues) fn new(venue: VenueId) -> Self {
        Self { symbols: Symbols::new(venue), tops: Tops::default(), others: HashMap::new() }
    }

    /// Hands what the message says to `sink`, in its order: one statement, several, or why there is none.
    pub(in crate::venues) fn parse(&mut self, text: &str, sink: &mut impl Sink) {
        // Nearly every message begins with its topic and has no escapes, and is then read once.
        if let Some(usual) = Usual::of(text) {
            match self.usual(usual, text, sink) {
                Ok(()) => return,
                Err(refused) if !text.contains('\\') => return sink.put(Err(refused)),
                Err(_) => {}
            }
        }
        if let Err(refused) = self.any(&without_escapes(text), sink) {
            sink.put(Err(refused));
        }
    }

    /// Reads a message of any shape.
    fn any(&mut self, text: &str, sink: &mut dyn Sink) -> Result<(), Refused> {
        let head: Head<'_> =
            serde_json::from_str(text).map_err(|error| Refused::json(None, "a JSON message of Bybit", text, &error))?;
        if let Some(topic) = head.topic {
            return self.topic(topic, text, sink);
        }
        if head.result.is_some() && head.code.is_some() {
            return self.body(text, sink);
        }
        if head.success.is_some() || head.op.is_some() || head.code.is_some() || head.event.is_some() {
            sink.put(Ok(Message::Control));
            return Ok(());
        }
        let detail = format!("a topic, an answer or a body of Bybit v5, found {}", shorten(text));
        Err(Refused { why: Rejection::Unreadable, kind: None, detail })
    }

    fn topic(&mut self, topic: &str, text: &str, sink: &mut dyn Sink) -> Result<(), Refused> {
        let point = topic.bytes().position(|byte| byte == b'.').unwrap_or(topic.len());
        let (kind, rest) = topic.split_at(point);
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let symbols = &mut self.symbols;
        match kind {
            "publicTrade" => return self.usual(Usual::Trades, text, sink),
            "orderbook" => return self.usual(Usual::Book { is_top: rest.split('.').next() == Some("1") }, text, sink),
            "tickers" => return self.usual(Usual::Ticker, text, sink),
            "kline" => return self.usual(Usual::Candles, text, sink),
            "allLiquidation" => {
                let message = read::<RawLiquidations<'_>>(kind, text)?;
                message.data.0.into_iter().for_each(|raw| sink.put(raw.event(symbols, &liquidation::SHORT)));
            }
            // Until 2025: at most one of a symbol in a second.
            "liquidation" if is_v5(text) => {
                let Topic { data, .. } = read::<RawLiquidation<'_>>(kind, text)?;
                sink.put(data.event(symbols, &liquidation::LONG));
            }
            "depth" | "bookTicker" if answers(text) => sink.put(Ok(Message::Control)),
            "trade" | "orderBookL2_25" | "orderBook_200" | "instrument_info" | "liquidation" | "depth"
            | "bookTicker" => {
                return Err(Refused::unknown(kind, "a topic of v5, found one of an older protocol of Bybit's"));
            }
            other => return Err(Refused::unknown(other, EXPECTED)),
        }
        Ok(())
    }

    /// Reads a message of one of the topics that nearly all messages have.
    fn usual(&mut self, usual: Usual, text: &str, sink: &mut (impl Sink + ?Sized)) -> Result<(), Refused> {
        let symbols = &mut self.symbols;
        match usual {
            Usual::Trades => {
                let message: Topic<'_, RawTrades<'_>> = read("publicTrade", text)?;
                for trade in &message.data {
                    if let Err(detail) = trade.event(symbols, sink) {
                        sink.put(Err(Refused::unreadable("publicTrade", detail)));
                    }
                }
            }
            Usual::Book { is_top } => sink.put(self.tops.event(read("orderbook", text)?, is_top, symbols)),
            Usual::Ticker if symbols.venue() == OPTIONS => {
                let message: Topic<'_, RawOption<'_>> = read("tickers", text)?;
                sink.put(message.data.event(Some(message.ts), symbols, &ticker::STREAM));
            }
            Usual::Ticker => {
                let message: Topic<'_, RawTicker<'_>> = read("tickers", text)?;
                message.data.events(("ts", Some(message.ts)), symbols, sink);
            }
            Usual::Candles => {
                let message: Topic<'_, RawCandles<'_>> = read("kline", text)?;
                message.data.events(message.topic, symbols, sink);
            }
        }
        Ok(())
    }

    fn body(&mut self, text: &str, sink: &mut dyn Sink) -> Result<(), Refused> {
        let category = rest::category(text)?;
        let venue = match category {
            Some("spot") => SPOT,
            Some("linear" | "inverse") => VENUE,
            Some("option") => OPTIONS,
            _ => self.symbols.venue(),
        };
        let symbols = if venue == self.symbols.venue() {
            &mut self.symbols
        } else {
            self.others.entry(venue).or_insert_with(|| Symbols::new(venue))
        };
        rest::body(text, symbols, sink)
    }
}

const EXPECTED: &str = "the topic publicTrade, orderbook, tickers, kline, allLiquidation or liquidation";

fn read<'a, D: Deserialize<'a>>(kind: &str, text: &'a str) -> Result<Topic<'a, D>, Refused> {
    serde_json::from_str(text)
        .map_err(|error| Refused::json(Some(kind.to_owned()), &format!("a message of the topic {kind}"), text, &error))
}

/// The topics that nearly all messages have.
#[derive(Debug, Clone, Copy)]
enum Usual {
    Trades,
    Book { is_top: bool },
    Ticker,
    Candles,
}

impl Usual {
    /// The topic of `{"topic":"..",` as Bybit writes it. Of its name no more is read than is needed: messages name their symbols
    /// themselves, but for candles.
    fn of(text: &str) -> Option<Self> {
        let topic = text.strip_prefix(r#"{"topic":""#)?;
        if let Some(depth) = topic.strip_prefix("orderbook.") {
            return Some(Self::Book { is_top: depth.starts_with("1.") });
        }
        if topic.starts_with("publicTrade.") {
            return Some(Self::Trades);
        }
        if topic.starts_with("tickers.") {
            return Some(Self::Ticker);
        }
        topic.starts_with("kline.").then_some(Self::Candles)
    }
}

/// Messages of v5 have a time of their own, older ones have not.
fn is_v5(text: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Timed {
        ts: Option<IgnoredAny>,
    }

    by_name!(Timed);
    serde_json::from_str::<Timed>(text).is_ok_and(|timed| timed.ts.is_some())
}

/// Whether it is the answer to a request of the first protocol of spot, whose topics look like messages.
fn answers(text: &str) -> bool {
    serde_json::from_str::<Head<'_>>(text).is_ok_and(|head| head.event.is_some())
}

/// By what a message is told from others.
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Head<'a> {
    topic: Option<&'a str>,
    success: Option<IgnoredAny>,
    op: Option<IgnoredAny>,
    event: Option<IgnoredAny>,
    #[serde(rename = "retCode")]
    code: Option<IgnoredAny>,
    result: Option<IgnoredAny>,
}

by_name!(Head<'a>);
