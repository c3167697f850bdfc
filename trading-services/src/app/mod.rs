//! The containers: the only files that name implementations.

mod desk;
mod monitoring;
mod signals;
mod trading;

pub use desk::DeskModule;
pub use monitoring::{MonitoringModule, SymbolScope, SymbolScopeInputs, SymbolScopes};
pub use signals::SignalModule;
pub use trading::{TradingApp, TradingAppInputs};
