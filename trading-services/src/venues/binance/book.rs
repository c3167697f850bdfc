//! Books of Binance: changes, snapshots, best prices.

use serde::Deserialize;

use super::parse::check_market;
use crate::model::{BookDiff, BookSnapshot, BookTicker, EventKind, SnapshotOrigin};
use crate::venues::wire::fields::{best, millis};
use crate::venues::wire::{Message, RawLevels, Refused, Symbols, by_name};

/// `<symbol>@depth`, and the `depth<levels>` streams of USD-M
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawDiff<'a> {
    s: &'a str,
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
    st: Option<u8>,
}

by_name!(RawDiff<'a>);

/// `<symbol>@bookTicker`
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawTicker<'a> {
    u: u64,
    s: &'a str,
    b: &'a str,
    #[serde(rename = "B")]
    bid_quantity: &'a str,
    a: &'a str,
    #[serde(rename = "A")]
    ask_quantity: &'a str,
    /// USD-M only: of the event.
    #[serde(rename = "E")]
    time: Option<u64>,
    st: Option<u8>,
}

by_name!(RawTicker<'a>);

/// `GET /api/v3/depth`, `GET /fapi/v1/depth`, and the `depth<levels>` streams of spot
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawSnapshot {
    #[serde(rename = "lastUpdateId")]
    last_update_id: u64,
    bids: RawLevels,
    asks: RawLevels,
    /// USD-M only.
    #[serde(rename = "T")]
    time: Option<u64>,
}

by_name!(RawSnapshot);

impl RawDiff<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "depthUpdate")?;
        let diff = |symbols: &mut Symbols| {
            let diff = BookDiff {
                first_update_id: self.first,
                last_update_id: self.last,
                previous_update_id: self.previous,
                bids: self.b.0,
                asks: self.a.0,
                time: millis("E", self.time)?,
            };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::Diff(diff)))
        };
        diff(symbols).map_err(|detail| Refused::unreadable("depthUpdate", detail))
    }

    /// The first levels of a book, which USD-M writes as a change.
    pub(super) fn partial(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let Self { s, time, last, b, a, .. } = self;
        let partial = |symbols: &mut Symbols| {
            let (time, origin) = (Some(millis("E", time)?), SnapshotOrigin::Partial);
            let book = BookSnapshot { last_update_id: last, bids: b.0, asks: a.0, time, origin };
            Ok(Message::Event(symbols.get(s)?, EventKind::Snapshot(book)))
        };
        partial(symbols).map_err(|detail| Refused::unreadable("depth", detail))
    }
}

impl RawTicker<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        check_market(self.st, "bookTicker")?;
        let ticker = |symbols: &mut Symbols| {
            let ticker = BookTicker {
                update_id: Some(self.u),
                bid: best(["b", "B"], self.b, self.bid_quantity)?,
                ask: best(["a", "A"], self.a, self.ask_quantity)?,
                time: self.time.map(|time| millis("E", time)).transpose()?,
            };
            Ok(Message::Event(symbols.get(self.s)?, EventKind::BookTicker(ticker)))
        };
        ticker(symbols).map_err(|detail| Refused::unreadable("bookTicker", detail))
    }
}

impl RawSnapshot {
    pub(super) fn book(self, origin: SnapshotOrigin) -> Result<BookSnapshot, Refused> {
        let Self { last_update_id, bids: RawLevels(bids), asks: RawLevels(asks), time } = self;
        let time =
            time.map(|time| millis("T", time)).transpose().map_err(|detail| Refused::unreadable("snapshot", detail))?;
        Ok(BookSnapshot { last_update_id, bids, asks, time, origin })
    }

    pub(super) fn unnamed(self) -> Result<Message, Refused> {
        self.book(SnapshotOrigin::Request).map(Message::Snapshot)
    }

    /// The first levels of a book; only the stream's name has the symbol.
    pub(super) fn partial(self, stream: &str, symbols: &mut Symbols) -> Result<Message, Refused> {
        self.named(stream, SnapshotOrigin::Partial, symbols)
    }

    /// A body that a recorder has put among the messages, under the name of a stream.
    pub(super) fn requested(self, stream: &str, symbols: &mut Symbols) -> Result<Message, Refused> {
        self.named(stream, SnapshotOrigin::Request, symbols)
    }

    fn named(self, stream: &str, origin: SnapshotOrigin, symbols: &mut Symbols) -> Result<Message, Refused> {
        let name = stream.split('@').next().unwrap_or_default();
        let instrument = symbols.get(name).map_err(|detail| Refused::unreadable("depth", detail))?;
        Ok(Message::Event(instrument, EventKind::Snapshot(self.book(origin)?)))
    }
}
