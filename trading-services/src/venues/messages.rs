//! The events in the raw messages of one venue.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::candle_body::{self, Wanted};
use super::parser::{Parser, readable_venue};
use super::recording::{self, History, Note};
use super::wire::{Message, Refused, Sink, shorten};
use crate::model::{
    CandleHistory, EventKind, InstrumentId, MarketEvent, NotTaken, Rejection, Symbol, Timestamp, VenueId,
};

/// Reads the raw messages of one venue, as its connections send them and as recordings keep them.
///
/// A message that is not understood is an event, too, so that it is counted in its place. A body that does not name its
/// symbol belongs to the only symbol that was named; where there are several, nobody knows.
///
/// ```
/// use trading_services::model::{EventKind, Timestamp};
/// use trading_services::venues::MessageReader;
///
/// let mut reader = MessageReader::of("bybit").ok_or("no such venue")?;
/// let message = r#"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,
///     "s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af"}]}"#;
/// let mut events = Vec::new();
/// reader.read(Timestamp::default(), message, format_args!("here"), |event| events.push(event));
/// assert_eq!(events[0].instrument.to_string(), "bybit:BTCUSDT");
/// assert!(matches!(&events[0].kind, EventKind::Trade(trade) if trade.price.to_string() == "16578.5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MessageReader {
    venue: VenueId,
    parser: Parser,
    seen: BTreeSet<Symbol>,
    /// The one that was named last: as a rule, it is named again.
    last: Option<Symbol>,
    only: Option<Symbol>,
}

impl Default for MessageReader {
    /// A reader of Binance's spot market, from which recordings without a header come.
    fn default() -> Self {
        Self::new(super::binance::VENUE)
    }
}

impl MessageReader {
    /// A reader of the venue of that name, or `None` when nobody here understands its messages.
    pub fn of(venue: &str) -> Option<Self> {
        readable_venue(venue).map(Self::new)
    }

    /// A reader of that venue, which [`readable_venue`] has named.
    pub(super) fn new(venue: VenueId) -> Self {
        Self { venue, parser: Parser::of(venue), seen: BTreeSet::new(), last: None, only: None }
    }

    /// What names no symbol is about this one, unless another one was named.
    #[must_use]
    pub fn about(mut self, only: Option<Symbol>) -> Self {
        self.only = only;
        self
    }

    /// Begins again as a reader of another venue. A run of one symbol has taken what names none to be about that one.
    pub(super) fn restart(&mut self, venue: VenueId, symbols: &[Symbol]) {
        let single = if let [symbol] = symbols { Some(symbol.clone()) } else { None };
        *self = Self::new(venue).about(self.only.take().or(single));
    }

    /// The venue whose messages it reads.
    pub fn venue(&self) -> VenueId {
        self.venue
    }

    /// The symbols that were named so far.
    pub fn symbols(&self) -> &BTreeSet<Symbol> {
        &self.seen
    }

    /// Hands each event of the message to `take`; `place` is where a message that is not understood was found.
    pub fn read(
        &mut self,
        received: Timestamp,
        text: &str,
        place: fmt::Arguments<'_>,
        mut take: impl FnMut(MarketEvent),
    ) {
        if text.starts_with(recording::BEGIN) {
            return self.read_note(received, text, place, &mut take);
        }
        if text.starts_with(recording::HISTORY) {
            return self.read_history(received, text, place, &mut take);
        }
        let Self { venue, parser, seen, last, only } = self;
        let mut said = Said { venue: *venue, received, place, seen, last, only: only.as_ref(), is_empty: true, take };
        parser.parse_into(text, &mut said);
        let Said { is_empty, mut take, .. } = said;
        if is_empty {
            // A list of nothing is a message all the same, and is counted.
            take(MarketEvent { instrument: InstrumentId::whole(*venue), received, kind: EventKind::Control });
        }
    }

    /// What was said of a connection when the recording was made.
    fn read_note(&self, received: Timestamp, text: &str, place: fmt::Arguments<'_>, take: &mut dyn FnMut(MarketEvent)) {
        let venue = self.venue;
        let mut say = |instrument, kind| take(MarketEvent { instrument, received, kind });
        let Some(note) = Note::read(text) else {
            let detail = format!("what has become of a connection, found {}", shorten(text));
            return say(InstrumentId::whole(venue), not_taken(Refused::unreadable("connection", detail), place));
        };
        say(InstrumentId::whole(venue), EventKind::Control);
        for symbol in note.symbols {
            say(InstrumentId::new(venue, symbol), EventKind::Interrupted);
        }
        for symbol in note.trades {
            say(InstrumentId::new(venue, symbol), EventKind::TradesBegin);
        }
    }

    /// Candles that the venue was asked for when the recording was made.
    fn read_history(
        &mut self,
        received: Timestamp,
        text: &str,
        place: fmt::Arguments<'_>,
        take: &mut dyn FnMut(MarketEvent),
    ) {
        let venue = self.venue;
        let mut refuse = |refused: Refused| {
            let kind = not_taken(refused, place);
            take(MarketEvent { instrument: InstrumentId::whole(venue), received, kind });
        };
        let mut is_whole = true;
        let read = History::read(text).and_then(|History { history, body }| {
            let since = Timestamp::from_millis(history.since)?;
            let time = Timestamp::from_millis(history.time)?;
            let candles = candle_body::candles(&mut self.parser, venue, &Wanted::from(&history), body.get(), |wrong| {
                is_whole = false;
                refuse(wrong);
            });
            let said = CandleHistory { timeframe: history.timeframe, since, time, candles };
            Some((InstrumentId::new(venue, history.symbol), EventKind::History(Box::new(said))))
        });
        match read {
            Some((instrument, kind)) if is_whole => take(MarketEvent { instrument, received, kind }),
            // What was refused would be taken for a time that was not traded.
            Some(_) => {}
            None => {
                let detail = format!("candles that were asked for, found {}", shorten(text));
                refuse(Refused::unreadable("candles", detail));
            }
        }
    }

    /// The messages as they are, for those who look at them one by one.
    pub(super) fn raw(&mut self, text: &str, take: impl FnMut(Result<Message, Refused>)) {
        self.parser.parse(text, take);
    }
}

/// The events of a message.
struct Said<'a, F> {
    venue: VenueId,
    received: Timestamp,
    place: fmt::Arguments<'a>,
    seen: &'a mut BTreeSet<Symbol>,
    last: &'a mut Option<Symbol>,
    only: Option<&'a Symbol>,
    is_empty: bool,
    take: F,
}

impl<F: FnMut(MarketEvent)> Sink for Said<'_, F> {
    #[inline]
    fn put(&mut self, message: Result<Message, Refused>) {
        match message {
            Ok(Message::Event(instrument, kind)) => self.event(instrument, kind),
            other => {
                self.is_empty = false;
                let (venue, received) = (self.venue, self.received);
                let (instrument, kind) = unusual(other, venue, self.seen, self.only)
                    .unwrap_or_else(|refused| (InstrumentId::whole(venue), not_taken(refused, self.place)));
                (self.take)(MarketEvent { instrument, received, kind });
            }
        }
    }

    #[inline(always)]
    fn event(&mut self, instrument: InstrumentId, kind: EventKind) {
        self.is_empty = false;
        let event = MarketEvent { instrument, received: self.received, kind };
        let symbol = &event.instrument.symbol;
        if self.last.as_ref().is_none_or(|last| !last.is_same(symbol)) {
            remember(symbol, self.seen, self.last);
        }
        (self.take)(event);
    }
}

/// Whether an event of that instrument is about one of the symbols that are wanted, or about the venue as a whole.
pub(super) fn is_about(only: Option<&BTreeSet<Symbol>>, instrument: &InstrumentId) -> bool {
    instrument.is_whole() || only.is_none_or(|only| only.contains(&instrument.symbol))
}

/// A message that was refused, as an event.
fn not_taken(Refused { why, kind, detail }: Refused, place: fmt::Arguments<'_>) -> EventKind {
    let (detail, place) = (format!("expected {detail}").into(), place.to_string().into());
    EventKind::NotTaken(NotTaken { why, kind: kind.map(Arc::from), detail, place })
}

/// Notes that a symbol was named which is another one than before.
#[cold]
fn remember(symbol: &Symbol, seen: &mut BTreeSet<Symbol>, last: &mut Option<Symbol>) {
    seen.insert(symbol.clone());
    *last = Some(symbol.clone());
}

/// What a message says that does not name its instrument, or is about none.
#[cold]
fn unusual(
    parsed: Result<Message, Refused>,
    venue: VenueId,
    seen: &BTreeSet<Symbol>,
    only: Option<&Symbol>,
) -> Result<(InstrumentId, EventKind), Refused> {
    match parsed? {
        Message::Event(instrument, kind) => Ok((instrument, kind)),
        Message::Snapshot(snapshot) => unnamed(seen, only, "snapshot")
            .map(|symbol| (InstrumentId::new(venue, symbol), EventKind::Snapshot(snapshot))),
        Message::Unnamed(kind) => {
            unnamed(seen, only, kind.as_str()).map(|symbol| (InstrumentId::new(venue, symbol), kind))
        }
        Message::HalfTop(..) => Err(Refused {
            why: Rejection::OutOfSequence,
            kind: Some("orderbook".to_owned()),
            detail: "the best prices of both sides before a change of one".to_owned(),
        }),
        Message::Control => Ok((InstrumentId::whole(venue), EventKind::Control)),
    }
}

fn unnamed(seen: &BTreeSet<Symbol>, only: Option<&Symbol>, kind: &str) -> Result<Symbol, Refused> {
    let mut names = seen.iter();
    let detail = match (names.next(), names.next(), only) {
        (Some(symbol), None, None) => return Ok(symbol.clone()),
        (Some(symbol), None, Some(only)) if symbol == only => return Ok(symbol.clone()),
        (None, _, Some(only)) => return Ok(only.clone()),
        (None, _, None) => {
            format!("a message that names its symbol before the first {kind}, or one symbol to be chosen")
        }
        (Some(_), ..) => format!("a recording of one symbol: a {kind} does not say which it belongs to"),
    };
    Err(Refused { why: Rejection::UnknownInstrument, kind: Some(kind.to_owned()), detail })
}
