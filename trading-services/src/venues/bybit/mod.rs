//! Messages of Bybit v5: linear and inverse contracts, spot, options.
//!
//! Each is a venue of its own, for a symbol may be traded in several of them: `BTCUSDT` is a perpetual and a pair of spot.
//! Linear and inverse contracts share one, their names are all different.

mod book;
mod candle;
mod instruments;
mod liquidation;
mod live;
mod option_name;
pub(super) mod parse;
#[cfg(test)]
mod parse_tests;
mod rest;
mod ticker;
mod trade;

pub use live::{Contracts, Options, Spot};
pub(super) use option_name::OptionName;

use crate::model::VenueId;

/// The name of the linear and inverse contracts.
pub const VENUE: VenueId = VenueId::new("bybit");

/// The name of the spot market.
pub const SPOT: VenueId = VenueId::new("bybit-spot");

/// The name of the options.
pub const OPTIONS: VenueId = VenueId::new("bybit-options");
