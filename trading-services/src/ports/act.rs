//! Acts of people: what was asked of the platform through its page and its API.

use crate::model::Timestamp;

/// Something that somebody asked the platform to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its number, rising from 1.
    pub id: u64,
    /// When it was asked for, by the clock of the machine.
    pub time: Timestamp,
    /// What: method and path.
    pub act: String,
    /// With what.
    pub body: String,
    /// The status of the answer.
    pub status: u16,
}
