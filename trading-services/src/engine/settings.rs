//! Settings of a run: how fast, how long, and what is written.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::Speed;
use crate::model::duration;
use crate::ports::Section;

/// How fast, how long, and what is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The pace of events; `1x` by default (`--replay` uses `max` unless told otherwise).
    pub speed: Speed,
    /// The longest time on the wall; without it as long as there are messages.
    #[serde(with = "duration::optional")]
    pub duration: Option<Duration>,
    /// The largest number of messages; without it all.
    pub events: Option<u64>,
    /// Ends the run at the first message that is not taken.
    pub strict: bool,
    /// Where the event log goes; without it the log is hashed only.
    pub log: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { speed: Speed::Times(1.0), duration: None, events: None, strict: false, log: None }
    }
}

impl Section for Settings {
    const NAME: &'static str = "run";
}
