//! Venues, written out: what `#[service]` and `#[interface]` stand for.

use std::sync::{Arc, Mutex, PoisonError};

use di_core::__private::{Hold, Instance, Key, Made, Member, Mode, Wanted, X0};
use di_core::{BoxError, Close, Interface, Service, ServiceInfo};

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
    const INFO: ServiceInfo = ServiceInfo::of::<Self>(
        "Bybit",
        &["dyn IVenue"],
        &[Member { name: "log", key: "Log", wanted: Wanted::One, qualifier: None }],
    );
    type Deps = (Arc<Log>, ());
    type Args = ();
    type Mode = Mode<false, false>;

    fn construct<H: Hold<Self>>((log, ()): Self::Deps, (): Self::Args, _: Key) -> Made<H> {
        Made::now(Self::connect(log))
    }

    fn close(&self) -> Result<(), BoxError> {
        Close::close(self)
    }
}

impl<C> Interface<X0, C> for Bybit {
    type Object = dyn IVenue;
    fn view(service: Instance<'_, Self>) -> Instance<'_, dyn IVenue> {
        match service {
            Instance::Shared(service) => Instance::Shared(service),
            Instance::Lent(service) => Instance::Lent(service),
        }
    }
}
