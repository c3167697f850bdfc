//! The containers: the only files that name implementations.

mod analysis;
mod backtests;
mod crypto;
mod desk;
mod guard;
mod live;
mod modules;
mod monitoring;
mod signals;
mod trading;
mod wiring;

pub use analysis::AnalysisModule;
pub use backtests::BacktestRunner;
pub use crypto::CryptoModule;
pub use desk::DeskModule;
pub use guard::GuardModule;
pub use live::LiveVenues;
pub use modules::TradingModules;
pub use monitoring::{MonitoringModule, SymbolScope, SymbolScopeInputs, SymbolScopes};
pub use signals::SignalModule;
pub use trading::{TradingApp, TradingAppInputs};
pub use wiring::Wiring;
