//! Results of a run, and where they are kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::platform::Platform;
use crate::times::Groups;
use crate::{Error, cargo};

/// One run of the gate.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    /// What was measured.
    pub(crate) commit: String,
    /// By the operation's name.
    pub(crate) operations: BTreeMap<String, Operation>,
    /// Nanoseconds in which a hundred services start whose waiting costs nothing.
    pub(crate) async_start_ns: Option<f64>,
    /// The same for the hooks of a hundred services, with `Application::start`.
    #[serde(default)]
    pub(crate) application_start_ns: Option<f64>,
    /// By the benchmark's name: nanoseconds. Those across tasks are for the whole stream of events.
    #[serde(default)]
    pub(crate) buses: BTreeMap<String, f64>,
    /// What the trading platform takes for a message.
    #[serde(default)]
    pub(crate) platform: Option<Platform>,
    /// What is measured, then the container, then nanoseconds.
    #[serde(default)]
    pub(crate) peers: Groups,
    /// The same of the path of a trade.
    #[serde(default)]
    pub(crate) trading: Groups,
}

/// One operation.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Operation {
    /// As callgrind counts.
    pub(crate) instructions: Pair,
    /// As criterion estimates, in nanoseconds.
    pub(crate) time_ns: Option<Pair>,
}

/// Ours and the twin's.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Pair {
    /// With `di-core`.
    pub(crate) ours: f64,
    /// The twin.
    pub(crate) by_hand: f64,
}

impl Pair {
    /// How many times the twin's cost ours is.
    pub(crate) fn ratio(self) -> f64 {
        self.ours / self.by_hand
    }
}

impl Results {
    /// Reads an earlier run.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        serde_json::from_str(&text).map_err(|source| Error::Json { what: path.display().to_string(), source })
    }

    /// Writes the run into the folder `results`, which git ignores, and returns the file.
    pub(crate) fn keep(&self) -> Result<PathBuf, Error> {
        let folder = cargo::workspace().join("results");
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let path = folder.join(format!("{seconds}-{}.json", self.commit));
        let json = |source| Error::Json { what: "results".to_owned(), source };
        let text = serde_json::to_string_pretty(self).map_err(json)?;
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|source| Error::File { path: path.clone(), source })?;
        Ok(path)
    }
}
