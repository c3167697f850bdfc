//! The market, written out: a service with two interfaces, in a second crate.

use std::fmt;
use std::sync::Arc;

use by_hand_venue::{Bybit, IVenue, Log};
use di_core::__private::{Hold, Instance, Key, Made, Member, Mode, Wanted, X0, X1};
use di_core::{BoxError, Close, Interface, Service, ServiceInfo};

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
    const INFO: ServiceInfo = ServiceInfo::of::<Self>(
        "Market",
        &["dyn IMarket", "dyn IHealth"],
        &[
            Member { name: "venue", key: "dyn IVenue", wanted: Wanted::One, qualifier: None },
            Member { name: "bybit", key: "Bybit", wanted: Wanted::One, qualifier: None },
            Member { name: "log", key: "Log", wanted: Wanted::One, qualifier: None },
        ],
    );
    type Deps = (Arc<dyn IVenue>, (Arc<Bybit>, (Arc<Log>, ())));
    type Args = ();
    type Mode = Mode<false, false>;

    fn construct<H: Hold<Self>>((venue, (bybit, (log, ()))): Self::Deps, (): Self::Args, _: Key) -> Made<H> {
        Made::now(Self::open(venue, bybit, log))
    }

    fn close(&self) -> Result<(), BoxError> {
        Close::close(self)
    }
}

impl<C> Interface<X0, C> for Market {
    type Object = dyn IMarket;
    fn view(service: Instance<'_, Self>) -> Instance<'_, dyn IMarket> {
        match service {
            Instance::Shared(service) => Instance::Shared(service),
            Instance::Lent(service) => Instance::Lent(service),
        }
    }
}

impl<C> Interface<X1, C> for Market {
    type Object = dyn IHealth;
    fn view(service: Instance<'_, Self>) -> Instance<'_, dyn IHealth> {
        match service {
            Instance::Shared(service) => Instance::Shared(service),
            Instance::Lent(service) => Instance::Lent(service),
        }
    }
}
