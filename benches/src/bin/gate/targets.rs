//! The limits: `benches/targets.toml`.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::{Error, cargo};

/// The file.
#[derive(Debug, Deserialize)]
pub(crate) struct Targets {
    /// By the operation's name.
    pub(crate) operations: BTreeMap<String, Limits>,
    /// By the comparison's name.
    pub(crate) buses: BTreeMap<String, BusLimit>,
    /// By the frame's name.
    pub(crate) frames: BTreeMap<String, FrameLimit>,
    /// By the indicator's name.
    pub(crate) indicators: BTreeMap<String, FrameLimit>,
    /// From the socket to the book.
    pub(crate) socket: FrameLimit,
    /// By the stage's name.
    pub(crate) stages: BTreeMap<String, StageLimit>,
}

/// The limits of one operation, as ratios to its hand-written twin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    /// For the table.
    pub(crate) what: String,
    /// Of instructions: the hard limit.
    pub(crate) instructions: f64,
    /// Of instructions: where we want to be, if the limit is looser than that.
    aim: Option<f64>,
    /// Of time: a wide one.
    pub(crate) time: f64,
    /// The peer that comes closest.
    #[serde(default)]
    pub(crate) nearest: String,
}

/// The limit of our event bus beside another one, as a ratio of times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusLimit {
    /// For the table.
    pub(crate) what: String,
    /// Our benchmark: group, name and number of subscribers.
    pub(crate) ours: String,
    /// The other one.
    pub(crate) beside: String,
    /// A wide one, as times are noisy.
    pub(crate) limit: f64,
    /// Where we want to be.
    pub(crate) aim: f64,
}

/// The limit of reading one frame, or of one indicator, as a ratio to the bare twin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrameLimit {
    /// For the table.
    pub(crate) what: String,
    /// Of instructions.
    pub(crate) limit: f64,
    /// Where we want to be, if the limit is looser than that.
    aim: Option<f64>,
}

impl FrameLimit {
    /// What the ratio should be.
    pub(crate) fn aim(&self) -> f64 {
        self.aim.unwrap_or(self.limit)
    }
}

/// The limit of one stage of the platform: instructions per message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageLimit {
    /// For the table.
    pub(crate) what: String,
    /// Over which messages.
    pub(crate) run: Run,
    /// The function that is the stage, with all that it calls; without one it is the whole process.
    pub(crate) function: Option<String>,
    /// No more than that.
    pub(crate) limit: f64,
    /// Where we want to be, if the limit is looser than that.
    pub(crate) aim: Option<f64>,
}

/// A run of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Run {
    /// Over the recording of Binance's spot market.
    Replay,
    /// The same, with its state in a folder.
    Kept,
    /// Over the simulated exchange, with all strategies and with fills.
    Trading,
    /// A back-test of minutes.
    Backtest,
}

impl Limits {
    /// What the ratio of instructions should be.
    pub(crate) fn aim(&self) -> f64 {
        self.aim.unwrap_or(self.instructions)
    }
}

impl Targets {
    pub(crate) fn read() -> Result<Self, Error> {
        let path = cargo::package().join("targets.toml");
        let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
        Ok(toml::from_str(&text)?)
    }
}
