//! Settings of trading, for the engine that trades and for those that say what it would have done.

use serde::{Deserialize, Serialize};

use super::Section;

/// Whether signals become orders, and which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TradingSettings {
    /// Whether signals become orders, on paper.
    pub enabled: bool,
    /// Whether a signal to sell only closes what is held.
    pub long_only: bool,
}

impl Default for TradingSettings {
    fn default() -> Self {
        Self { enabled: true, long_only: false }
    }
}

impl Section for TradingSettings {
    const NAME: &'static str = "trading";
}
