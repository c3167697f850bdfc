//! Feature flags: new ways of doing something, beside the old ones.

use serde::{Deserialize, Serialize};

use super::Section;

/// Which new ways are taken. A reload switches them at once, there and back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Features {
    /// Whether the leverage of an order counts what could become of every instrument, and not each open order on top of
    /// what is held.
    pub new_risk: FeatureMode,
}

/// Whether a new way is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureMode {
    /// The old way.
    #[default]
    Off,
    /// The old way; the new one is computed, too, and where it would have answered otherwise is counted.
    Shadow,
    /// The new way.
    On,
}

impl Section for Features {
    const NAME: &'static str = "features";
}
