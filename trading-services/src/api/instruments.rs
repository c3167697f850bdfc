//! Instruments that a client names.

use crate::model::{InstrumentId, Symbol, VenueId};
use crate::ports::IMarketDataService;

/// The instrument of that name, among those that the platform knows.
///
/// The name is looked up and not read: names of venues are kept for the life of the process, and a client could go on naming others.
pub(super) fn named(market: &dyn IMarketDataService, name: &str) -> Option<InstrumentId> {
    let (venue, symbol) = name.split_once(':')?;
    let is_named =
        |known: &InstrumentId| known.venue.as_str() == venue && known.symbol.as_str().eq_ignore_ascii_case(symbol);
    market.supported_symbols().into_iter().find(is_named)
}

/// Whether an instrument could have that name.
pub(super) fn is_name(text: &str) -> bool {
    text.split_once(':').is_some_and(|(venue, symbol)| VenueId::is_name(venue) && symbol.parse::<Symbol>().is_ok())
}
