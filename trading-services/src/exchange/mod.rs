//! Which venues are there, and how are they.

mod error;
mod manager;
mod rate_limited;
mod replay;
mod retrying;
mod simulated;
mod simulated_book;
mod simulation;
mod status;

pub use error::ExchangeError;
pub use manager::ExchangeManager;
pub use rate_limited::RateLimited;
pub use replay::{ReplayExchange, ReplayStream};
pub use retrying::Retrying;
pub use simulated::{SimulatedExchange, SimulatedStream};
pub use status::{ExchangeHealth, ExchangeStatus};
