//! Messages of Binance.

pub(super) mod parse;

use crate::model::VenueId;

/// The name of the venue.
pub const VENUE: VenueId = VenueId::new("binance");
