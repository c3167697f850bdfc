//! Settings of the replayed venue.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ports::Section;

/// The replayed venue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The recording: a receive time in nanoseconds, a space, the raw message; plain or gzip.
    pub file: Option<PathBuf>,
}

impl Section for Settings {
    const NAME: &'static str = "replay";
}
