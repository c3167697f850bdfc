//! Candles that a venue was asked for, among the messages of its stream, so that a recording has them, too.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::{Symbol, Timeframe};

/// How such a line begins; no message of a venue does.
pub(in crate::venues) const BEGIN: &str = r#"{"history":"#;

/// A body as it came, and what the body does not say.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::venues) struct History<'a> {
    pub(in crate::venues) history: Asked,
    #[serde(borrow)]
    pub(in crate::venues) body: &'a RawValue,
}

/// What was asked for, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::venues) struct Asked {
    pub(in crate::venues) symbol: Symbol,
    pub(in crate::venues) timeframe: Timeframe,
    /// From when on, in milliseconds since 1970.
    pub(in crate::venues) since: u64,
    /// When the venue has answered, by its own clock, in milliseconds since 1970.
    pub(in crate::venues) time: u64,
}

impl<'a> History<'a> {
    /// What the line says, if it is one of ours.
    pub(in crate::venues) fn read(text: &'a str) -> Option<Self> {
        text.starts_with(BEGIN).then(|| serde_json::from_str(text).ok()).flatten()
    }

    /// The line; `None` when the body is not JSON.
    pub(in crate::venues) fn line(history: Asked, body: &'a str) -> Option<String> {
        let body = serde_json::from_str(body).ok()?;
        serde_json::to_string(&Self { history, body }).ok()
    }
}
