//! The monitor of symbols, the watch of each, and the rules by which they raise alerts.

mod manager;
mod price_move;
mod rules;
mod settings;
mod supervised;
mod symbol_watch;
mod watched;

pub use manager::MarketMonitor;
pub use price_move::PriceMove;
pub use settings::Settings;
pub use symbol_watch::SymbolWatch;
