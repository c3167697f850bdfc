//! Risk: what may be ordered, how much of it, and when all trading ends.

mod limits;
mod service;
mod settings;
mod sizing;

pub use service::RiskManager;
pub use settings::{Settings, SizingMethod, SizingSettings};
