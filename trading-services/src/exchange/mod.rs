//! Which venues are there, and how are they.

mod error;
mod manager;
mod replay;
mod simulated;
mod simulated_book;
mod status;

pub use error::ExchangeError;
pub use manager::ExchangeManager;
pub use replay::ReplayExchange;
pub use simulated::SimulatedExchange;
pub use status::{ExchangeHealth, ExchangeStatus};
