//! A configuration as it is kept.

use crate::model::Timestamp;

/// A configuration that was accepted, with when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptConfiguration {
    /// Its number, rising from 1.
    pub version: u64,
    /// When it was accepted.
    pub time: Timestamp,
    /// Why it was read: a start, a change of the file, a signal.
    pub reason: String,
    /// All settings, as TOML.
    pub settings: String,
    /// The text of the file, if there was one.
    pub text: Option<String>,
}
