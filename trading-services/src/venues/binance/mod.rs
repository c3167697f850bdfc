//! Messages of Binance, spot and USD-M.

mod book;
mod candle;
mod instruments;
mod live;
pub(super) mod parse;
#[cfg(test)]
mod parse_tests;
mod rest;
mod ticker;
mod trade;

pub use live::{Spot, UsdM};

use crate::model::VenueId;

/// The name of the spot market.
pub const VENUE: VenueId = VenueId::new("binance");

/// The name of the futures in dollars: USD-M.
pub const USD_M: VenueId = VenueId::new("binance-futures");
