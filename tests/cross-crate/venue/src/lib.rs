//! Venues: services in a crate that knows no container.

use std::sync::{Arc, Mutex, PoisonError};

use di_core::error::BoxError;
use di_core::{Close, interface, service};

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
#[interface]
pub trait IVenue {
    /// What a trade costs, in hundredths of a per cent.
    fn fee_bps(&self) -> u32;
}

/// A venue.
#[derive(Debug)]
pub struct Bybit {
    log: Arc<Log>,
}

#[service(provides = IVenue, close)]
impl Bybit {
    /// Connects.
    #[constructor]
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
