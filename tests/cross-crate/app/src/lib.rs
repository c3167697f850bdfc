//! The container, in a third crate than its services.

use cross_crate_market::Market;
use cross_crate_venue::{Bybit, Log};
use di_core::container;

/// A market with its venue, each under its type and its interfaces.
#[container]
pub struct App {
    /// Declared before what it needs.
    pub market: Market,
    /// The venue.
    pub bybit: Bybit,
    /// Where constructors are noted.
    #[input]
    pub log: Log,
}
