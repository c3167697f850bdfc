//! Bodies with candles: what a venue has answered, and whether it is what was asked for.

use std::time::Duration;

use super::parser::Parser;
use super::recording::Asked;
use super::wire::{Message, Refused};
use crate::model::{Candle, EventKind, InstrumentId, Rejection, Symbol, VenueId};

const DAY: Duration = Duration::from_secs(86_400);

/// What was asked for.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) symbol: &'a Symbol,
    /// How long each lasts.
    pub(super) length: Duration,
    /// From when on, in milliseconds since 1970.
    pub(super) since: u64,
}

impl<'a> From<&'a Asked> for Wanted<'a> {
    fn from(Asked { symbol, timeframe, since, .. }: &'a Asked) -> Self {
        Self { symbol, length: timeframe.duration(), since: *since }
    }
}

/// The candles of a body, oldest first and each once; `refuse` hears of each that is none, or another one than was asked for.
pub(super) fn candles(
    parser: &mut Parser,
    venue: VenueId,
    wanted: &Wanted<'_>,
    body: &str,
    mut refuse: impl FnMut(Refused),
) -> Vec<Candle> {
    let mut candles = Vec::new();
    parser.parse(body, |message| {
        let (instrument, kind) = match message {
            Ok(Message::Event(instrument, kind)) => (Some(instrument), kind),
            Ok(Message::Unnamed(kind)) => (None, kind),
            Ok(_) => return refuse(wrong("candles, found something else".to_owned())),
            Err(refused) => return refuse(refused),
        };
        match check(wanted, venue, instrument.as_ref(), kind) {
            Ok(candle) => candles.push(candle),
            Err(detail) => refuse(wrong(detail)),
        }
    });
    candles.sort_by_key(|candle| candle.open_time);
    candles.dedup_by_key(|candle| candle.open_time);
    candles
}

fn check(
    wanted: &Wanted<'_>,
    venue: VenueId,
    instrument: Option<&InstrumentId>,
    kind: EventKind,
) -> Result<Candle, String> {
    let EventKind::Candle(update) = kind else { return Err(format!("candles, found a {}", kind.as_str())) };
    let (candle, Wanted { symbol, length, since }) = (update.candle, wanted);
    if let Some(instrument) = instrument.filter(|found| found.venue != venue || found.symbol != **symbol) {
        return Err(format!("candles of {symbol}, found one of {instrument}"));
    }
    // Bybit does not say how long its candles last.
    let has_length = update.interval.is_zero() || update.interval == *length;
    // Weeks begin on Mondays, and 1970 did not.
    let is_aligned = *length > DAY || u128::from(candle.open_time.as_nanos()) % length.as_nanos().max(1) == 0;
    if !has_length || !is_aligned {
        let length = humantime::format_duration(*length);
        return Err(format!("a candle of {length}, found one that begins at {}", candle.open_time));
    }
    if candle.open_time.as_millis() < *since {
        return Err(format!("a candle of after {since} ms, found one of {}", candle.open_time));
    }
    Ok(candle)
}

fn wrong(detail: String) -> Refused {
    Refused { why: Rejection::Unreadable, kind: Some("candles".to_owned()), detail }
}
