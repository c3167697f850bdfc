//! The market, written out: a service with two interfaces, in a second crate.

use std::fmt;
use std::sync::Arc;

use by_hand_venue::{Bybit, IVenue, Log};
use di_core::__private::{Closing, Construct, ProvidedBy, Registered, Request, Resolved};
use di_core::error::BoxError;
use di_core::{Close, Service};

/// Prices.
pub trait IMarket: Send + Sync + 'static {
    /// What a trade of this size costs.
    fn cost(&self, size: u32) -> u32;

    /// The venue behind it.
    fn venue(&self) -> &Arc<dyn IVenue>;
}

/// Whether all is well.
pub trait IHealth: Send + Sync + 'static {
    /// Whether it is.
    fn is_well(&self) -> bool;
}

/// The market, which knows its venue by interface and by type.
pub struct Market {
    venue: Arc<dyn IVenue>,
    bybit: Arc<Bybit>,
    log: Arc<Log>,
}

impl Market {
    /// Opens the market.
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

impl Service for Market {
    type Mode = di_core::mode::Infallible;

    fn provide(this: &Arc<Self>, request: &mut Request<'_>) {
        request.offer(|| Closing(Arc::<Self>::clone(this)));
    }
}

impl Construct<(Arc<dyn IVenue>, Arc<Bybit>, Arc<Log>)> for Market {
    #[inline]
    fn construct((venue, bybit, log): (Arc<dyn IVenue>, Arc<Bybit>, Arc<Log>)) -> Self {
        Self::open(venue, bybit, log)
    }
}

impl<V: Registered<Market>> ProvidedBy<Market, V> for dyn IMarket {
    fn view(this: Resolved<'_, Market>) -> Resolved<'_, Self> {
        match this {
            Resolved::Shared(service) => Resolved::Shared(service),
            Resolved::Borrowed(service) => Resolved::Borrowed(service),
        }
    }
}

impl<V: Registered<Market>> ProvidedBy<Market, V> for dyn IHealth {
    fn view(this: Resolved<'_, Market>) -> Resolved<'_, Self> {
        match this {
            Resolved::Shared(service) => Resolved::Shared(service),
            Resolved::Borrowed(service) => Resolved::Borrowed(service),
        }
    }
}
