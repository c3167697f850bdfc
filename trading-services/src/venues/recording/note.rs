//! Notes on a connection among the messages of a venue, so that a recording has them, too.

use serde::{Deserialize, Serialize};

use crate::model::Symbol;

/// How such a line begins; no message of a venue does.
pub(in crate::venues) const BEGIN: &str = r#"{"connection":"#;

/// What has become of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::venues) struct Note {
    pub(in crate::venues) connection: State,
    /// Why.
    #[serde(default)]
    pub(in crate::venues) reason: String,
    /// The books that no longer hold.
    #[serde(default)]
    pub(in crate::venues) symbols: Vec<Symbol>,
    /// The symbols whose trades begin with it, and whose candles of before are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::venues) trades: Vec<Symbol>,
}

/// A change of a connection's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::venues) enum State {
    /// It was made, and subscriptions were sent.
    Opened,
    /// None was made.
    Failed,
    /// It has ended; what came through it no longer holds.
    Lost,
    /// A second one has taken its place without a gap.
    Replaced,
    /// Topics bring something again that were refused, or had stopped.
    Resumed,
    /// A subscription was refused, or was acknowledged and is silent.
    Degraded,
}

impl Note {
    /// What the line says, if it is one of ours.
    pub(in crate::venues) fn read(text: &str) -> Option<Self> {
        text.starts_with(BEGIN).then(|| serde_json::from_str(text).ok()).flatten()
    }

    /// The line.
    pub(in crate::venues) fn line(&self) -> String {
        // It has texts only, which are always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}
