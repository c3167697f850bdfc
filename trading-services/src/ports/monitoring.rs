//! The interface of the monitor.

use crate::model::{MarketEvent, Symbol};
use crate::ports::{Ingested, MonitorError, MonitoringStatus, SymbolHealth};

/// Watches symbols and raises alerts.
#[di_core::interface]
pub trait IMonitoringService {
    /// Watches these symbols, at every venue that has them, and no others any more; an empty slice means every symbol that
    /// sends something.
    fn start_monitoring(&self, symbols: &[Symbol]);

    /// Watches nothing any more; what is known stays.
    fn stop_monitoring(&self);

    /// Watches one more.
    ///
    /// # Errors
    /// [`MonitorError::AlreadyMonitored`].
    fn add_symbol(&self, symbol: Symbol) -> Result<(), MonitorError>;

    /// Watches one less; if every symbol is watched, every one but this.
    ///
    /// # Errors
    /// [`MonitorError::NotMonitored`].
    fn remove_symbol(&self, symbol: &Symbol) -> Result<(), MonitorError>;

    /// What is watched, in order of the names.
    fn monitored_symbols(&self) -> Vec<Symbol>;

    /// State, symbols and uptime.
    fn monitoring_status(&self) -> MonitoringStatus;

    /// How the symbol is at each venue that has sent something about it, or how all symbols are; in order of the
    /// instruments' names. What is told is what is kept: the last analysis of each is made again after a second, and not sooner.
    ///
    /// # Errors
    /// [`MonitorError::NotMonitored`], or [`MonitorError::Restarting`] after a panic.
    fn monitoring_data(&self, symbol: Option<&Symbol>) -> Result<Vec<SymbolHealth>, MonitorError>;

    /// Looks at one message and at what came of it.
    fn observe(&self, event: &MarketEvent, ingested: &Ingested);

    /// Looks at what did not happen: symbols that have become silent, books that wait for a snapshot.
    fn check(&self);

    /// Looks at what will not happen any more, when the messages are over: a book that still waits is told of.
    fn end(&self);
}
