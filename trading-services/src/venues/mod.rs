//! Venues, the layers around them, and the manager that chooses between them.

pub mod binance;
pub mod layers;
mod manager;
mod names;
mod pulse;
pub mod replay;
mod settings;
pub mod simulated;

pub use manager::ExchangeManager;
pub use settings::Settings;
