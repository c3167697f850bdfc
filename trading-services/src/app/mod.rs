//! The containers: the only files that name implementations.

mod monitoring;
mod signals;
mod trading;

pub use monitoring::{MonitoringModule, SymbolScope, SymbolScopeInputs, SymbolScopes};
pub use signals::SignalModule;
pub use trading::{TradingApp, TradingAppInputs};
