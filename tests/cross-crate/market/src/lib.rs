//! The market: a service with two interfaces, in a second crate.

use std::fmt;
use std::sync::Arc;

use cross_crate_venue::{Bybit, IVenue, Log};
use di_core::error::BoxError;
use di_core::{Close, interface, service};

/// Prices.
#[interface]
pub trait IMarket {
    /// What a trade of this size costs.
    fn cost(&self, size: u32) -> u32;

    /// The venue behind it.
    fn venue(&self) -> &Arc<dyn IVenue>;
}

/// Whether all is well.
#[interface]
pub trait IHealth {
    /// Whether it is.
    fn is_well(&self) -> bool;
}

/// The market, which knows its venue by interface and by type.
pub struct Market {
    venue: Arc<dyn IVenue>,
    bybit: Arc<Bybit>,
    log: Arc<Log>,
}

#[service(provides = [IMarket, IHealth], close)]
impl Market {
    /// Opens the market.
    #[constructor]
    pub fn open(venue: Arc<dyn IVenue>, bybit: Arc<Bybit>, log: Arc<Log>) -> Self {
        log.note("made Market");
        Self { venue, bybit, log }
    }
}

impl fmt::Debug for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Market")
    }
}

impl IMarket for Market {
    fn cost(&self, size: u32) -> u32 {
        self.venue.fee_bps() * size
    }

    fn venue(&self) -> &Arc<dyn IVenue> {
        &self.venue
    }
}

impl IHealth for Market {
    fn is_well(&self) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.bybit), Arc::as_ptr(&self.venue))
    }
}

impl Close for Market {
    fn close(&self) -> Result<(), BoxError> {
        self.log.note("closed Market");
        Ok(())
    }
}
