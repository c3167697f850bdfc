//! The interface of the monitor.

use crate::model::{MarketEvent, Symbol};
use crate::ports::{Ingested, MonitorError, MonitoringStatus, SymbolHealth};

/// Watches symbols and raises alerts.
#[di_core::interface]
pub trait IMonitoringService {
    /// Watches these symbols; an empty slice means every symbol that sends something.
    fn start_monitoring(&self, symbols: &[Symbol]);

    /// Watches nothing any more; what is known stays.
    fn stop_monitoring(&self);

    /// Watches one more.
    ///
    /// # Errors
    /// [`MonitorError::AlreadyMonitored`].
    fn add_symbol(&self, symbol: Symbol) -> Result<(), MonitorError>;

    /// Watches one less.
    ///
    /// # Errors
    /// [`MonitorError::NotMonitored`].
    fn remove_symbol(&self, symbol: &Symbol) -> Result<(), MonitorError>;

    /// What is watched, in order of the names.
    fn monitored_symbols(&self) -> Vec<Symbol>;

    /// State, symbols and uptime.
    fn monitoring_status(&self) -> MonitoringStatus;

    /// How one symbol is.
    ///
    /// # Errors
    /// [`MonitorError::NotMonitored`], or [`MonitorError::Restarting`] after a panic.
    fn monitoring_data(&self, symbol: &Symbol) -> Result<SymbolHealth, MonitorError>;

    /// Looks at one message and at what came of it.
    fn observe(&self, event: &MarketEvent, ingested: &Ingested);

    /// Looks at what did not happen: symbols that have become silent.
    fn check(&self);
}
