//! One message of a venue: what it says, or why it says nothing.

use crate::model::{BookSnapshot, BookTicker, EventKind, InstrumentId, Rejection};

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::venues) enum Message {
    /// Something about an instrument.
    Event(InstrumentId, EventKind),
    /// Something that does not name its symbol, as the bodies of many requests: whoever asked for it knows.
    Unnamed(EventKind),
    /// A book from REST, which does not name its symbol.
    Snapshot(BookSnapshot),
    /// A change of one of the best prices, where the other one was never told.
    HalfTop(InstrumentId, BookTicker),
    /// About the connection: the answer to a subscription, an announced shutdown.
    Control,
}

/// Why a message says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::venues) struct Refused {
    pub(in crate::venues) why: Rejection,
    /// The kind of the message, as the venue calls it, if it says so.
    pub(in crate::venues) kind: Option<String>,
    /// What was expected and what was found.
    pub(in crate::venues) detail: String,
}

impl Refused {
    /// A message of a known kind that is not what its kind should be.
    pub(in crate::venues) fn unreadable(kind: &str, detail: String) -> Self {
        Self { why: Rejection::Unreadable, kind: Some(kind.to_owned()), detail }
    }

    /// A message of a kind that nobody here understands.
    pub(in crate::venues) fn unknown(kind: &str, expected: &str) -> Self {
        let kind: String = kind.chars().take(40).collect();
        let detail = format!("{expected}, found `{}`", kind.escape_debug());
        Self { why: Rejection::UnknownKind, kind: Some(kind), detail }
    }

    /// A text that is not JSON of the expected form; `kind` is what it calls itself.
    pub(in crate::venues) fn json(kind: Option<String>, expected: &str, text: &str, error: &serde_json::Error) -> Self {
        let detail = match error.classify() {
            serde_json::error::Category::Eof => {
                format!("{expected}, but it ends after {} bytes: {}", text.len(), shorten(text))
            }
            _ => format!("{expected}, found {}: {error}", shorten(text)),
        };
        Self { why: Rejection::Unreadable, kind, detail }
    }
}

/// The first characters, without any that a terminal would obey.
pub(in crate::venues) fn shorten(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    let dots = if start.len() < text.len() { "…" } else { "" };
    let safe: String =
        start.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect();
    format!("`{safe}{dots}`")
}
