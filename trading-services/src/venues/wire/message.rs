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
        let kind = kind_name(kind);
        let detail = format!("{expected}, found `{kind}`");
        Self { why: Rejection::UnknownKind, kind: Some(kind), detail }
    }

    /// A text that is not JSON of the expected form; `kind` is what it calls itself.
    pub(in crate::venues) fn json(kind: Option<String>, expected: &str, text: &str, error: &serde_json::Error) -> Self {
        let detail = match error.classify() {
            serde_json::error::Category::Eof => {
                format!("{expected}, but it ends after {} bytes: {}", text.len(), shorten(text))
            }
            _ => format!("{expected}, found {}: {}", shorten(text), reason(error)),
        };
        Self { why: Rejection::Unreadable, kind, detail }
    }
}

/// How many characters are shown of what was found.
const SHOWN: usize = 60;
/// How many a kind has, which is counted by its name.
const LONGEST_KIND: usize = 40;
/// How many are shown of either end of what serde says: it repeats the whole of a value that is of another type, and
/// says behind it what was expected and where.
const SAID: usize = 2 * SHOWN;

/// The first characters of a message or of a part of it, without any that a terminal would obey. Of several spaces one
/// is shown: they parted what it is made of, or stand for what [`without_escapes`](super::without_escapes) has left out.
pub(in crate::venues) fn shorten(text: &str) -> String {
    let mut is_space = false;
    begin(text.chars().filter(|c| !(std::mem::replace(&mut is_space, *c == ' ') && *c == ' ')))
}

/// The same of a value, whose spaces are its own.
pub(in crate::venues) fn shown(value: &str) -> String {
    begin(value.chars())
}

/// The name of a kind as a message has it: what a terminal would obey is escaped, and what is too long for a name left out.
pub(in crate::venues) fn kind_name(kind: &str) -> String {
    kind.chars().take(LONGEST_KIND).map(safe).collect()
}

fn begin(mut characters: impl Iterator<Item = char>) -> String {
    let safe: String = characters.by_ref().take(SHOWN).map(safe).collect();
    let dots = if characters.next().is_some() { "…" } else { "" };
    format!("`{safe}{dots}`")
}

/// The character, or how it is written where a terminal would obey it, or show nothing.
fn safe(character: char) -> String {
    if matches!(character, '"' | '\'' | '\\') { character.to_string() } else { character.escape_debug().to_string() }
}

/// What is wrong, with its place, and without the middle of a value that is too long to be shown.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let length = said.chars().count();
    if length <= 2 * SAID {
        return said;
    }
    let (begin, end): (String, String) =
        (said.chars().take(SAID).collect(), said.chars().skip(length - SAID).collect());
    format!("{begin}…{end}")
}
