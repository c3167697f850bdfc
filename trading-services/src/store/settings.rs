//! Settings of the store: where it is, and how often it writes.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::duration;
use crate::ports::{Rules, Section};

/// Where the state is kept.
///
/// ```
/// use trading_services::store::Location;
///
/// assert_eq!("none".parse(), Ok(Location::Memory));
/// assert_eq!("state".parse(), Ok(Location::Folder("state".into())));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In memory: it is forgotten with the process. Written `none`.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// What is remembered, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where; without it in memory, but for plain `cargo run`, which has a folder of its own.
    pub folder: Option<Location>,
    /// How long what is not urgent may wait to be written.
    #[serde(with = "duration")]
    pub write_every: Duration,
    /// How much may wait; what is kept for people alone is dropped and counted beyond it.
    pub queue: usize,
    /// How long candles, values of the account, changes of health, opportunities, back-tests, signals, and alerts that have
    /// arrived or were acknowledged are kept; without it for ever.
    #[serde(with = "duration::optional")]
    pub keep: Option<Duration>,
    /// How many back-tests are kept, the last ones.
    pub backtests: usize,
    /// How long a database that somebody else uses is waited for.
    #[serde(with = "duration")]
    pub busy_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            folder: None,
            write_every: Duration::from_millis(200),
            queue: 65_536,
            keep: None,
            backtests: 50,
            busy_timeout: Duration::from_secs(2),
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "store";

    fn check(&self, rules: &mut Rules) {
        rules.positive("write_every", self.write_every);
        rules.count("queue", self.queue);
        if let Some(keep) = self.keep {
            rules.positive("keep", keep);
        }
        rules.count("backtests", self.backtests);
        rules.positive("busy_timeout", self.busy_timeout);
    }
}

impl FromStr for Location {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "none" { Self::Memory } else { Self::Folder(text.into()) })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("none"),
            Self::Folder(folder) => folder.display().fmt(f),
        }
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or_else(|infallible: Infallible| match infallible {}))
    }
}
