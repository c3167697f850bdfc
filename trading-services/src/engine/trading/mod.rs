//! Trading: from a signal through risk, order and fill to the portfolio.

mod ending;
mod engine;
mod funding;
mod funding_terms;
mod ordering;
mod size_facts;
mod wind_down;

pub use engine::TradingEngine;
pub use funding::FundingSettler;
