//! Trading: from a signal through risk, order and fill to the portfolio.

mod engine;
mod settings;
mod winding;

pub use engine::TradingEngine;
pub use settings::Settings;
