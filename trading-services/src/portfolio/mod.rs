//! The portfolio: what is owned, what it cost and what came of it.

mod books;
mod lots;
mod market_rates;
mod opening;
pub mod performance;
mod service;
mod settings;

pub use market_rates::MarketRates;
pub use opening::{AccountError, Opening};
pub use service::Portfolio;
pub use settings::Settings;
