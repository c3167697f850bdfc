//! How are the symbols, and what is worth an alert.

mod error;
mod manager;
mod rules;
mod state;

pub use error::MonitorError;
pub use manager::MarketMonitor;
pub use state::{MonitorState, MonitoringStatus, SymbolHealth};
