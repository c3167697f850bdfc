//! Settings of trading.

use serde::{Deserialize, Serialize};

use crate::ports::Section;

/// Whether signals become orders, and which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether signals become orders, on paper.
    pub enabled: bool,
    /// Whether a signal to sell only closes what is held.
    pub long_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { enabled: true, long_only: false }
    }
}

impl Section for Settings {
    const NAME: &'static str = "trading";
}
