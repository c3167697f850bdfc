//! Reasons for which a message is counted and not taken.

use std::fmt;
use std::sync::Arc;

/// Why a message of a venue was not taken. Each message is either taken or counted under one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rejection {
    /// A kind of message that nobody here understands.
    UnknownKind,
    /// A message that is not what its kind should be: cut, of wrong types, out of range.
    Unreadable,
    /// A message whose content came before.
    Duplicate,
    /// A message about a time that is over.
    Late,
    /// A message about a time that is still to come.
    AheadOfTime,
    /// A change of a book that does not follow the last one.
    OutOfSequence,
    /// A message about an instrument that is not known, or that does not say which it is about.
    UnknownInstrument,
    /// A message about another market than the one that is followed: a contract of COIN-M among those of USD-M, a trade
    /// with an insurance fund.
    OtherMarket,
    /// A message that contradicts what is known: a crossed price, a trade of nothing.
    Doubtful,
}

/// A message that was read and not understood; its place among the others counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// Why.
    pub why: Rejection,
    /// The kind of the message as the venue calls it, where it says so.
    pub kind: Option<Arc<str>>,
    /// What was expected and what was found.
    pub detail: Arc<str>,
    /// Where it was: a file with its line, or the venue. It differs between a run and its replay, so neither alerts nor the
    /// event log have it.
    pub place: Arc<str>,
}

impl Rejection {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::UnknownKind,
        Self::Unreadable,
        Self::Duplicate,
        Self::Late,
        Self::AheadOfTime,
        Self::OutOfSequence,
        Self::UnknownInstrument,
        Self::OtherMarket,
        Self::Doubtful,
    ];

    /// The name in metrics and summaries: `unknown_kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownKind => "unknown_kind",
            Self::Unreadable => "unreadable",
            Self::Duplicate => "duplicate",
            Self::Late => "late",
            Self::AheadOfTime => "ahead_of_time",
            Self::OutOfSequence => "out_of_sequence",
            Self::UnknownInstrument => "unknown_instrument",
            Self::OtherMarket => "other_market",
            Self::Doubtful => "doubtful",
        }
    }
}

impl fmt::Display for Rejection {
    /// For people: `unknown kind`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.as_str().replace('_', " "))
    }
}

impl serde::Serialize for Rejection {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
