//! The thread through a market message and all that follows from it.

use std::fmt;
use std::str::FromStr;

/// Names a market message, and every signal, risk answer, order and fill that follows from it: `#18342`.
///
/// It is the number of the message within its run, so that the same messages give the same names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CorrelationId(pub u64);

/// Why a text is not such a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the number of a message like `#18342` or `18342`, found `{}`", .0.escape_debug())]
pub struct CorrelationIdError(pub String);

impl FromStr for CorrelationId {
    type Err = CorrelationIdError;

    fn from_str(text: &str) -> Result<Self, CorrelationIdError> {
        let number = text.strip_prefix('#').unwrap_or(text);
        number.parse().map(Self).map_err(|_| CorrelationIdError(text.to_owned()))
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
