//! Books of Bybit: snapshots and changes of a depth, and the best prices, which are the book of depth 1.

use std::collections::HashMap;

use serde::Deserialize;

use super::parse::Topic;
use crate::model::{
    BookDiff, BookSnapshot, BookTicker, BookTop, EventKind, InstrumentId, Level, Levels, SnapshotOrigin,
};
use crate::venues::wire::fields::millis;
use crate::venues::wire::{Message, RawLevels, Refused, Symbols, by_name};

/// More symbols than any product has; the best prices of others are not remembered.
const MAX_TOPS: usize = 10_000;

/// The number with which the service begins again after a restart: what comes with it is a whole book.
const RESTART: u64 = 1;

/// `orderbook.<depth>.<symbol>`
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RawBook<'a> {
    s: &'a str,
    b: RawLevels,
    a: RawLevels,
    u: u64,
}

by_name!(RawBook<'a>);

/// Best prices by instrument: a change of depth 1 names the side that has changed only.
#[derive(Debug, Default)]
pub(super) struct Tops(HashMap<InstrumentId, BookTop>);

impl Tops {
    /// What a message of `orderbook.<depth>.<symbol>` says; of depth 1, `is_top`.
    pub(super) fn event(
        &mut self,
        message: Topic<'_, RawBook<'_>>,
        is_top: bool,
        symbols: &mut Symbols,
    ) -> Result<Message, Refused> {
        let wrong = |detail| Refused::unreadable("orderbook", detail);
        let Topic { ts, kind, data: RawBook { s, b: RawLevels(bids), a: RawLevels(asks), u }, .. } = message;
        let (instrument, time) = (symbols.get(s).map_err(wrong)?, millis("ts", ts).map_err(wrong)?);
        let is_snapshot = match kind.0 {
            Some("snapshot") => true,
            Some("delta") => u == RESTART,
            _ => return Err(wrong("`snapshot` or `delta` in field `type`".to_owned())),
        };
        if is_top {
            return Ok(self.top(instrument, is_snapshot, &bids, &asks, time));
        }
        let kind = if is_snapshot {
            let (time, origin) = (Some(time), SnapshotOrigin::Stream);
            EventKind::Snapshot(BookSnapshot { last_update_id: u, bids, asks, time, origin })
        } else {
            EventKind::Diff(BookDiff {
                first_update_id: u,
                last_update_id: u,
                previous_update_id: None,
                bids,
                asks,
                time,
            })
        };
        Ok(Message::Event(instrument, kind))
    }

    fn top(
        &mut self,
        instrument: InstrumentId,
        is_snapshot: bool,
        bids: &Levels,
        asks: &Levels,
        time: crate::model::Timestamp,
    ) -> Message {
        let known = self.0.get(&instrument).copied();
        let before = if is_snapshot { BookTop::default() } else { known.unwrap_or_default() };
        let top = BookTop { bid: changed(before.bid, bids), ask: changed(before.ask, asks) };
        // The depth has numbers of its own, which say nothing about those of other depths.
        let ticker = BookTicker { update_id: None, bid: top.bid, ask: top.ask, time: Some(time) };
        if !is_snapshot && known.is_none() {
            return Message::HalfTop(instrument, ticker);
        }
        if known.is_some() || self.0.len() < MAX_TOPS {
            self.0.insert(instrument.clone(), top);
        }
        Message::Event(instrument, EventKind::BookTicker(ticker))
    }
}

/// The best level of a side after its changes: a new price comes together with the removal of the old one.
fn changed(before: Option<Level>, levels: &Levels) -> Option<Level> {
    let left = before.filter(|before| !levels.iter().any(|level| level.price == before.price));
    levels.iter().find(|level| !level.quantity.is_zero()).copied().or(left)
}
