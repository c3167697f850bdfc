//! The first line of a recording.

use serde::{Deserialize, Serialize};

use crate::model::Symbol;

/// The version of the form.
const VERSION: u32 = 1;

/// The first line of a recording: whose messages follow, and what was subscribed to.
///
/// ```
/// use trading_services::venues::recording::Header;
///
/// let line = r#"{"recording":1,"venue":"bybit","symbols":["BTCUSDT"],"topics":["publicTrade.BTCUSDT"]}"#;
/// assert_eq!(Header::read(line).ok_or("no header")?.venue, "bybit");
/// assert_eq!(Header::read("1723161253937085768 {}"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the form.
    pub recording: u32,
    /// Whose messages follow.
    pub venue: String,
    /// What they are about.
    pub symbols: Vec<Symbol>,
    /// What was subscribed to.
    pub topics: Vec<String>,
}

impl Header {
    /// How a header begins.
    pub(in crate::venues) const BEGIN: &str = r#"{"recording":"#;

    /// A header of the version that is written now.
    pub(in crate::venues) fn new(venue: &str, symbols: &[Symbol], topics: Vec<String>) -> Self {
        Self { recording: VERSION, venue: venue.to_owned(), symbols: symbols.to_vec(), topics }
    }

    /// What the line says, if it is a header of a version that is read here.
    pub fn read(line: &str) -> Option<Self> {
        let header: Self = line.starts_with(Self::BEGIN).then(|| serde_json::from_str(line).ok()).flatten()?;
        (header.recording == VERSION).then_some(header)
    }
}
