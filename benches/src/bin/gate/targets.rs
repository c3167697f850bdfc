//! Which limits hold: `benches/targets.toml`.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::{Error, cargo};

/// The file.
#[derive(Debug, Deserialize)]
pub(crate) struct Targets {
    /// By the operation's name.
    pub(crate) operations: BTreeMap<String, Limits>,
}

/// The limits of one operation, as ratios to its hand-written twin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    /// For the table.
    pub(crate) what: String,
    /// Of instructions: the hard limit.
    pub(crate) instructions: f64,
    /// Of time: a wide one.
    pub(crate) time: f64,
    /// The peer that comes closest.
    #[serde(default)]
    pub(crate) nearest: String,
}

impl Targets {
    pub(crate) fn read() -> Result<Self, Error> {
        let path = cargo::package().join("targets.toml");
        let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
        Ok(toml::from_str(&text)?)
    }
}
