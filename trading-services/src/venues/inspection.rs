//! Raw messages as they were read, each as JSON objects, one a line.

use serde_json::{Map, Value, json};

use super::bybit::OptionName;
use super::wire::{Message, Refused};
use super::{MessageReader, readable_venues};
use crate::model::{
    BookTicker, Candle, CandleUpdate, EventKind, Instrument, InstrumentId, InstrumentKind, InstrumentStatus, Level,
    Levels, OptionSummary, Symbol, Ticker, Timestamp,
};
use crate::venues::names::list;

/// Reads the raw messages of one venue, one after the other, and says of each what it was read as.
///
/// ```
/// use trading_services::venues::Inspection;
///
/// let mut inspection = Inspection::of("binance", None)?;
/// let read = inspection.line(r#"{"e":"trade","E":1,"s":"BNBBTC","t":12,"p":"0.001","q":"100","T":1,"m":true}"#);
/// assert_eq!(read[0]["instrument"], "binance:BNBBTC");
/// assert_eq!(read[0]["side"], "sell");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Inspection {
    reader: MessageReader,
    only: Option<InstrumentId>,
}

/// Why messages cannot be inspected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown venue `{}`: expected one of {known}", name.escape_debug())]
pub struct InspectionError {
    /// The name that was given.
    pub name: String,
    /// The names of the venues whose messages are read.
    pub known: String,
}

impl Inspection {
    /// An inspection of messages of that venue; those that name no symbol are about `only`.
    ///
    /// # Errors
    /// [`InspectionError`] when nobody here reads messages of a venue of that name.
    pub fn of(venue: &str, only: Option<Symbol>) -> Result<Self, InspectionError> {
        let unknown = || InspectionError { name: venue.chars().take(64).collect(), known: list(readable_venues()) };
        let reader = MessageReader::of(venue).ok_or_else(unknown)?;
        let only = only.map(|symbol| InstrumentId::new(reader.venue(), symbol));
        Ok(Self { reader, only })
    }

    /// What a line says, in its order: a raw message, or the receive time of a recording in nanoseconds, a space and the
    /// message. There is at least one object of a line that is not empty.
    pub fn line(&mut self, line: &str) -> Vec<Value> {
        let line = line.trim();
        let is_time = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let text = line.split_once(' ').filter(|(time, _)| is_time(time)).map_or(line, |(_, message)| message);
        let (mut said, only) = (Vec::new(), self.only.as_ref());
        if text.is_empty() {
            return said;
        }
        self.reader.raw(text, |message| said.push(described(message, only)));
        if said.is_empty() {
            said.push(ignored(None, "it says nothing: an empty list"));
        }
        said
    }
}

fn described(message: Result<Message, Refused>, only: Option<&InstrumentId>) -> Value {
    let unnamed = |kind: &EventKind| match only {
        Some(only) => event(only, kind),
        None => ignored(None, "it does not name its symbol: say which one with `--symbol`"),
    };
    match message {
        Ok(Message::Event(instrument, kind)) => event(&instrument, &kind),
        Ok(Message::Unnamed(kind)) => unnamed(&kind),
        Ok(Message::Snapshot(book)) => unnamed(&EventKind::Snapshot(book)),
        Ok(Message::HalfTop(instrument, ticker)) => half_top(&instrument, &ticker),
        Ok(Message::Control) => ignored(None, "it is about the connection, not about the market"),
        Err(Refused { why, kind, detail }) => ignored(kind.as_deref(), &format!("{why}: expected {detail}")),
    }
}

fn ignored(kind: Option<&str>, reason: &str) -> Value {
    let mut said = json!({"type": "ignored", "reason": reason});
    if let (Some(kind), Some(said)) = (kind, said.as_object_mut()) {
        said.insert("kind".to_owned(), json!(kind));
    }
    said
}

fn event(instrument: &InstrumentId, kind: &EventKind) -> Value {
    match kind {
        EventKind::Trade(trade) => json!({
            "type": "trade",
            "instrument": instrument,
            "price": trade.price.to_string(),
            "quantity": trade.quantity.to_string(),
            "side": trade.side.to_string(),
            "time_ns": trade.time.as_nanos(),
            "id": trade.id.to_string(),
            "aggregated": trade.aggregated,
        }),
        EventKind::Snapshot(book) => json!({
            "type": "book",
            "instrument": instrument,
            "snapshot": true,
            "bids": levels(&book.bids),
            "asks": levels(&book.asks),
            "time_ns": nanos(book.time),
            "last_update_id": book.last_update_id,
        }),
        EventKind::Diff(diff) => json!({
            "type": "book",
            "instrument": instrument,
            "snapshot": false,
            "bids": levels(&diff.bids),
            "asks": levels(&diff.asks),
            "time_ns": diff.time.as_nanos(),
            "first_update_id": diff.first_update_id,
            "last_update_id": diff.last_update_id,
            "previous_update_id": diff.previous_update_id,
        }),
        EventKind::BookTicker(BookTicker { update_id, bid, ask, time }) => json!({
            "type": "top",
            "instrument": instrument,
            "bid": level(*bid),
            "ask": level(*ask),
            "time_ns": nanos(*time),
            "update_id": update_id,
        }),
        EventKind::Candle(update) => candle(instrument, update),
        EventKind::Ticker(ticker) => self::ticker(instrument, ticker),
        EventKind::Liquidation(liquidation) => json!({
            "type": "liquidation",
            "instrument": instrument,
            "liquidated": liquidation.liquidated.to_string(),
            "price": liquidation.price.to_string(),
            "quantity": liquidation.quantity.to_string(),
            "time_ns": liquidation.time.as_nanos(),
            "id": liquidation.id.as_deref(),
        }),
        EventKind::MarkPrice(mark) => json!({
            "type": "mark",
            "instrument": instrument,
            "price": mark.price.to_string(),
            "index": text(mark.index),
            "time_ns": mark.time.as_nanos(),
        }),
        EventKind::Funding(funding) => json!({
            "type": "funding",
            "instrument": instrument,
            "rate": funding.rate.normalize().to_string(),
            "next_ns": nanos(funding.next),
            "time_ns": funding.time.as_nanos(),
        }),
        EventKind::Option(option) => self::option(instrument, option),
        EventKind::Instrument(rules) => self::instrument(instrument, rules),
        EventKind::History(_)
        | EventKind::Control
        | EventKind::Interrupted
        | EventKind::Left
        | EventKind::TradesBegin => ignored(None, "it is about the connection, not about the market"),
        EventKind::NotTaken(not_taken) => ignored(not_taken.kind.as_deref(), &not_taken.detail),
    }
}

/// The side that is not known is left out; `null` would say that nobody waits there.
fn half_top(instrument: &InstrumentId, ticker: &BookTicker) -> Value {
    let mut said = Map::new();
    said.insert("type".to_owned(), json!("top"));
    said.insert("instrument".to_owned(), json!(instrument));
    for (side, best) in [("bid", ticker.bid), ("ask", ticker.ask)] {
        if best.is_some() {
            said.insert(side.to_owned(), level(best));
        }
    }
    said.insert("time_ns".to_owned(), nanos(ticker.time));
    said.into()
}

fn candle(instrument: &InstrumentId, update: &CandleUpdate) -> Value {
    let Candle { open_time, open, high, low, close, volume, .. } = &update.candle;
    let interval =
        Some(update.interval.as_nanos()).filter(|nanos| *nanos > 0).and_then(|nanos| u64::try_from(nanos).ok());
    json!({
        "type": "candle",
        "instrument": instrument,
        "open_time_ns": open_time.as_nanos(),
        "interval_ns": interval,
        "open": open.to_string(),
        "high": high.to_string(),
        "low": low.to_string(),
        "close": close.to_string(),
        "volume": volume.to_string(),
        "closed": update.closed,
        "time_ns": nanos(update.time),
    })
}

fn ticker(instrument: &InstrumentId, ticker: &Ticker) -> Value {
    json!({
        "type": "ticker",
        "instrument": instrument,
        "last": text(ticker.last),
        "bid": level(ticker.bid),
        "ask": level(ticker.ask),
        "open": text(ticker.open),
        "high": text(ticker.high),
        "low": text(ticker.low),
        "volume": number(ticker.volume),
        "turnover": number(ticker.turnover),
        "change_percent": number(ticker.change_percent),
        "mark": text(ticker.mark),
        "index": text(ticker.index),
        "funding_rate": number(ticker.funding_rate),
        "next_funding_ns": nanos(ticker.funding_time),
        "open_interest": number(ticker.open_interest),
        "time_ns": nanos(ticker.time),
    })
}

fn option(instrument: &InstrumentId, option: &OptionSummary) -> Value {
    let name = OptionName::read(instrument.symbol.as_str());
    json!({
        "type": "option",
        "instrument": instrument,
        "right": name.map(|name| if name.is_call { "call" } else { "put" }),
        "strike": text(name.map(|name| name.strike)),
        "expiry_ns": nanos(name.map(|name| name.expiry)),
        "bid": level(option.bid),
        "bid_iv": number(option.bid_volatility),
        "ask": level(option.ask),
        "ask_iv": number(option.ask_volatility),
        "last": text(option.last),
        "mark": text(option.mark),
        "mark_iv": number(option.mark_volatility),
        "open_interest": number(option.open_interest),
        "underlying": text(option.underlying),
        "delta": number(option.delta),
        "gamma": number(option.gamma),
        "vega": number(option.vega),
        "theta": number(option.theta),
        "time_ns": nanos(option.time),
    })
}

fn instrument(id: &InstrumentId, rules: &Instrument) -> Value {
    json!({
        "type": "instrument",
        "instrument": id,
        "kind": match rules.kind {
            InstrumentKind::Spot => "spot",
            InstrumentKind::Perpetual => "perpetual",
            InstrumentKind::Future => "future",
            InstrumentKind::Option => "option",
        },
        "status": match rules.status {
            InstrumentStatus::Trading => "trading",
            InstrumentStatus::Halted => "halted",
        },
        "base": rules.base,
        "quote": rules.quote,
        "tick_size": number(rules.tick_size),
        "lot_size": number(rules.lot_size),
        "min_quantity": number(rules.min_quantity),
        "min_notional": number(rules.min_notional),
        "contract_size": number(rules.contract_size),
        "expiry_ns": nanos(rules.expiry),
        "strike": text(rules.strike),
    })
}

fn level(level: Option<Level>) -> Value {
    level.map_or(Value::Null, |level| json!([level.price.to_string(), level.quantity.to_string()]))
}

fn levels(levels: &Levels) -> Value {
    levels.iter().map(|each| level(Some(*each))).collect()
}

fn nanos(time: Option<Timestamp>) -> Value {
    json!(time.map(Timestamp::as_nanos))
}

fn text(value: Option<impl ToString>) -> Value {
    json!(value.map(|value| value.to_string()))
}

fn number(value: Option<rust_decimal::Decimal>) -> Value {
    text(value.map(|value| value.normalize()))
}
