//! How are the symbols, and what is worth an alert.

mod error;
mod manager;
mod price_move;
mod rules;
mod state;
mod supervised;
mod symbol_watch;

pub use error::MonitorError;
pub use manager::MarketMonitor;
pub use price_move::PriceMove;
pub use state::{MonitorState, MonitoringStatus, SymbolHealth};
pub use symbol_watch::SymbolWatch;
