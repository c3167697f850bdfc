//! Settings of the replayed venue.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ports::{Rules, Section};
use crate::venues::parser::{READABLE, readable_venue};

/// The replayed venue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The recording: a receive time in nanoseconds, a space, the raw message; plain or gzip.
    pub file: Option<PathBuf>,
    /// Whose raw messages they are; `binance` where neither this nor the recording says so. Both must not say different things.
    pub venue: Option<String>,
}

impl Section for Settings {
    const NAME: &'static str = "replay";

    fn check(&self, rules: &mut Rules) {
        if let Some(venue) = &self.venue {
            rules.require("venue", readable_venue(venue).is_some(), READABLE, format!("`{venue}`"));
        }
    }
}
