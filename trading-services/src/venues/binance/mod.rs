//! Messages of Binance.

mod candle;
pub(super) mod parse;
#[cfg(test)]
mod parse_tests;
mod symbols;
mod ticker;

use crate::model::VenueId;

/// The name of the venue.
pub const VENUE: VenueId = VenueId::new("binance");
