//! Venues, written out: what `#[service]` and `#[interface]` stand for.
//!
//! What is missing is the macro under the service's name, in which it tells `#[container]` what it needs and provides: here a
//! person reads that above.

use std::sync::{Arc, Mutex, PoisonError};

use di_core::__private::{Closing, Construct, ProvidedBy, Registered, Request, Resolved};
use di_core::error::BoxError;
use di_core::{Close, Service};

/// Where constructors and closes are noted.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    /// Adds an event.
    pub fn note(&self, event: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// What was noted, oldest first.
    pub fn events(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A place to trade at.
pub trait IVenue: Send + Sync + 'static {
    /// What a trade costs, in hundredths of a per cent.
    fn fee_bps(&self) -> u32;
}

/// A venue.
#[derive(Debug)]
pub struct Bybit {
    log: Arc<Log>,
}

impl Bybit {
    /// Connects.
    pub fn connect(log: Arc<Log>) -> Self {
        log.note("made Bybit");
        Self { log }
    }
}

impl IVenue for Bybit {
    fn fee_bps(&self) -> u32 {
        10
    }
}

impl Close for Bybit {
    fn close(&self) -> Result<(), BoxError> {
        self.log.note("closed Bybit");
        Ok(())
    }
}

impl Service for Bybit {
    type Mode = di_core::mode::Infallible;

    fn provide(this: &Arc<Self>, request: &mut Request<'_>) {
        request.offer(|| Closing(Arc::<Self>::clone(this)));
    }
}

impl Construct<(Arc<Log>,)> for Bybit {
    #[inline]
    fn construct((log,): (Arc<Log>,)) -> Self {
        Self::connect(log)
    }
}

// For each view of a container, so that no service names one.
impl<V: Registered<Bybit>> ProvidedBy<Bybit, V> for dyn IVenue {
    fn view(this: Resolved<'_, Bybit>) -> Resolved<'_, Self> {
        match this {
            Resolved::Shared(service) => Resolved::Shared(service),
            Resolved::Borrowed(service) => Resolved::Borrowed(service),
        }
    }
}
