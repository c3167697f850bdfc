//! Bodies with candles: what a venue has answered, and whether it is what was asked for.

use super::parser::Parser;
use super::recording::Asked;
use super::wire::{Message, Refused};
use crate::model::{Candle, EventKind, InstrumentId, Rejection, VenueId};

/// The candles of a body, oldest first and each once; `refuse` hears of each that is none, or another one than was asked for.
pub(super) fn candles(
    parser: &mut Parser,
    venue: VenueId,
    asked: &Asked,
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
        match check(asked, venue, instrument.as_ref(), kind) {
            Ok(candle) => candles.push(candle),
            Err(detail) => refuse(wrong(detail)),
        }
    });
    candles.sort_by_key(|candle| candle.open_time);
    candles.dedup_by_key(|candle| candle.open_time);
    candles
}

fn check(asked: &Asked, venue: VenueId, instrument: Option<&InstrumentId>, kind: EventKind) -> Result<Candle, String> {
    let EventKind::Candle(update) = kind else { return Err(format!("candles, found a {}", kind.as_str())) };
    let (candle, timeframe) = (update.candle, asked.timeframe);
    if let Some(instrument) = instrument.filter(|found| found.venue != venue || found.symbol != asked.symbol) {
        return Err(format!("candles of {}, found one of {instrument}", asked.symbol));
    }
    // Bybit does not say how long its candles last.
    let has_length = update.interval.is_zero() || update.interval == timeframe.duration();
    if !has_length || timeframe.open_of(candle.open_time) != candle.open_time {
        return Err(format!("a candle of {timeframe}, found one that begins at {}", candle.open_time));
    }
    if candle.open_time.as_millis() < asked.since {
        return Err(format!("a candle of after {} ms, found one of {}", asked.since, candle.open_time));
    }
    let (low, high) = (candle.open.min(candle.close), candle.open.max(candle.close));
    if candle.low > low || candle.high < high {
        return Err(format!("prices between {} and {}, found {low} and {high}", candle.low, candle.high));
    }
    Ok(candle)
}

fn wrong(detail: String) -> Refused {
    Refused { why: Rejection::Unreadable, kind: Some("candles".to_owned()), detail }
}
