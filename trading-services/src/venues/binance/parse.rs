//! Raw messages of Binance spot.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::{
    BookDiff, BookSnapshot, BookTicker, EventKind, Level, Side, SnapshotOrigin, Symbol, Timestamp, Trade,
};

/// A message, understood.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::venues) enum Message {
    /// One that names its symbol.
    Event(Symbol, EventKind),
    /// A snapshot from REST does not name its symbol; this waits for it.
    Snapshot(Snapshot),
    /// The answer to a subscription.
    Ignored,
}

/// A snapshot whose symbol the reader has to supply.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::venues) struct Snapshot {
    last_update_id: u64,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

impl Snapshot {
    pub(in crate::venues) fn book(self) -> BookSnapshot {
        let Self { last_update_id, bids, asks } = self;
        BookSnapshot { last_update_id, bids, asks, time: None, origin: SnapshotOrigin::Request }
    }
}

/// Reads one message; the error says what was expected and what was found.
pub(in crate::venues) fn parse(text: &str) -> Result<Message, String> {
    let envelope: Envelope<'_> = read(text, "a JSON message of Binance spot")?;
    let body = envelope.data.map_or(text, RawValue::get);
    let kind = envelope.e.or_else(|| envelope.stream.and_then(|stream| stream.split('@').nth(1)));
    match kind {
        Some("trade") => trade(body),
        Some("depthUpdate" | "depth") => diff(body),
        Some("bookTicker") => ticker(body),
        None if envelope.last_update_id.is_some() => snapshot(body),
        None if envelope.u.is_some() => ticker(body),
        None if envelope.id.is_some() => Ok(Message::Ignored),
        other => Err(format!(
            "a trade, depthUpdate, bookTicker or snapshot message, found {}",
            other.map_or_else(|| shorten(text), |kind| format!("`{kind}`"))
        )),
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    stream: Option<&'a str>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    e: Option<&'a str>,
    u: Option<u64>,
    id: Option<u64>,
    #[serde(rename = "lastUpdateId")]
    last_update_id: Option<u64>,
}

#[derive(Deserialize)]
struct RawTrade<'a> {
    s: &'a str,
    t: u64,
    p: &'a str,
    q: &'a str,
    #[serde(rename = "T")]
    time: u64,
    m: bool,
}

#[derive(Deserialize)]
struct RawDiff<'a> {
    s: &'a str,
    #[serde(rename = "E")]
    time: u64,
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    #[serde(borrow)]
    b: Vec<RawLevel<'a>>,
    #[serde(borrow)]
    a: Vec<RawLevel<'a>>,
}

#[derive(Deserialize)]
struct RawTicker<'a> {
    u: u64,
    s: &'a str,
    b: &'a str,
    #[serde(rename = "B")]
    bid_quantity: &'a str,
    a: &'a str,
    #[serde(rename = "A")]
    ask_quantity: &'a str,
}

#[derive(Deserialize)]
struct RawSnapshot<'a> {
    #[serde(rename = "lastUpdateId")]
    last_update_id: u64,
    #[serde(borrow)]
    bids: Vec<RawLevel<'a>>,
    #[serde(borrow)]
    asks: Vec<RawLevel<'a>>,
}

#[derive(Deserialize)]
struct RawLevel<'a>(&'a str, &'a str);

fn trade(body: &str) -> Result<Message, String> {
    let raw: RawTrade<'_> = read(body, "a trade message")?;
    Ok(Message::Event(
        symbol(raw.s)?,
        EventKind::Trade(Trade {
            id: raw.t.into(),
            price: raw.p.parse().map_err(in_field("p"))?,
            quantity: raw.q.parse().map_err(in_field("q"))?,
            // `m`: the buyer is the maker, so the seller took.
            side: if raw.m { Side::Sell } else { Side::Buy },
            time: millis(raw.time)?,
            aggregated: false,
        }),
    ))
}

fn diff(body: &str) -> Result<Message, String> {
    let raw: RawDiff<'_> = read(body, "a depthUpdate message")?;
    Ok(Message::Event(
        symbol(raw.s)?,
        EventKind::Diff(BookDiff {
            first_update_id: raw.first,
            last_update_id: raw.last,
            previous_update_id: None,
            bids: levels(&raw.b, "b")?,
            asks: levels(&raw.a, "a")?,
            time: millis(raw.time)?,
        }),
    ))
}

fn ticker(body: &str) -> Result<Message, String> {
    let raw: RawTicker<'_> = read(body, "a bookTicker message")?;
    Ok(Message::Event(
        symbol(raw.s)?,
        EventKind::BookTicker(BookTicker {
            update_id: Some(raw.u),
            bid: Some(level(&RawLevel(raw.b, raw.bid_quantity), "b")?),
            ask: Some(level(&RawLevel(raw.a, raw.ask_quantity), "a")?),
            time: None,
        }),
    ))
}

fn snapshot(body: &str) -> Result<Message, String> {
    let raw: RawSnapshot<'_> = read(body, "a snapshot")?;
    let (bids, asks) = (levels(&raw.bids, "bids")?, levels(&raw.asks, "asks")?);
    Ok(Message::Snapshot(Snapshot { last_update_id: raw.last_update_id, bids, asks }))
}

fn read<'a, T: Deserialize<'a>>(text: &'a str, expected: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => {
            format!("{expected}, but it ends after {} characters: {}", text.chars().count(), shorten(text))
        }
        _ => format!("{expected}, found {}: {error}", shorten(text)),
    })
}

fn shorten(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("`{start}…`") } else { format!("`{start}`") }
}

fn levels(raw: &[RawLevel<'_>], field: &'static str) -> Result<Vec<Level>, String> {
    raw.iter().map(|raw| level(raw, field)).collect()
}

fn level(raw: &RawLevel<'_>, field: &'static str) -> Result<Level, String> {
    let price = raw.0.parse().map_err(in_field(field))?;
    Ok(Level { price, quantity: raw.1.parse().map_err(in_field(field))? })
}

fn symbol(text: &str) -> Result<Symbol, String> {
    text.parse().map_err(|error| format!("a message whose field `s` is a symbol: {error}"))
}

fn millis(millis: u64) -> Result<Timestamp, String> {
    Timestamp::from_millis(millis).ok_or_else(|| format!("a time in milliseconds since 1970, found {millis}"))
}

fn in_field(field: &'static str) -> impl Fn(crate::model::ValueError) -> String {
    move |error| format!("{} in field `{field}`, found `{}`", error.expected, error.found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#;

    #[test]
    fn a_trade_is_read_with_the_side_of_the_taker() {
        let Ok(Message::Event(_, EventKind::Trade(trade))) = parse(TRADE) else { panic!("no trade") };
        assert_eq!(
            (trade.id, trade.side, trade.price.to_string()),
            (3_735_683_259.into(), Side::Sell, "61837.63".to_owned())
        );
        assert_eq!(trade.time.as_millis(), 1_723_161_255_342);
    }

    #[test]
    fn every_cut_of_a_message_is_an_error_that_says_what_was_expected() {
        for end in 0..TRADE.len() {
            let error = parse(&TRADE[..end]).unwrap_err();
            assert!(error.contains("message"), "{end}: {error}");
        }
    }

    #[test]
    fn wrong_fields_are_named() {
        let error = parse(&TRADE.replace("61837.63000000", "-1")).unwrap_err();
        assert_eq!(error, "a price: a decimal number above zero in field `p`, found `-1`");
        assert!(parse(&TRADE.replace("\"t\":3735683259,", "")).unwrap_err().contains("missing field `t`"));
    }

    #[test]
    fn the_answer_to_a_subscription_is_ignored_and_nonsense_is_not() {
        assert_eq!(parse(r#"{"result":null,"id":1}"#), Ok(Message::Ignored));
        assert!(parse(r#"{"e":"kline"}"#).unwrap_err().contains("found `kline`"));
        assert!(parse("[1]").is_err());
        assert!(parse("{}").is_err());
    }
}
