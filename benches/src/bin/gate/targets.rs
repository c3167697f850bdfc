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
