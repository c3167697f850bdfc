//! Names of venues.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// A program knows a handful of venues; more names than this are a mistake in a file.
const MAX_NAMES: usize = 1_000;

/// Names that were read at run time; each is kept once, for the life of the process.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The name of a venue, which is also its key in configuration: `binance`; free to copy.
///
/// ```
/// use trading_services::model::VenueId;
///
/// const BYBIT: VenueId = VenueId::new("bybit");
/// assert_eq!("bybit".parse(), Ok(BYBIT));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenueId(&'static str);

/// Why a text is not the name of a venue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a venue, 1 to 32 lower-case letters, digits and `-`, found `{}`", .0.escape_debug())]
pub struct VenueIdError(pub String);

impl VenueId {
    /// The venue that the program itself calls so.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether a venue could have that name.
    pub fn is_name(text: &str) -> bool {
        let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        (1..=32).contains(&text.len()) && text.chars().all(allowed)
    }
}

impl FromStr for VenueId {
    type Err = VenueIdError;

    fn from_str(text: &str) -> Result<Self, VenueIdError> {
        let wrong = || VenueIdError(text.chars().take(64).collect());
        if !Self::is_name(text) {
            return Err(wrong());
        }
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = names.get(text) {
            return Ok(Self(name));
        }
        if names.len() >= MAX_NAMES {
            return Err(wrong());
        }
        let name: &'static str = Box::leak(text.to_owned().into_boxed_str());
        names.insert(name);
        Ok(Self(name))
    }
}

impl fmt::Display for VenueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl serde::Serialize for VenueId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for VenueId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_read_equals_the_one_in_the_program() {
        let read: VenueId = "binance-futures".parse().unwrap();
        assert_eq!((read, read.as_str()), (VenueId::new("binance-futures"), "binance-futures"));
    }

    #[test]
    fn what_could_not_be_a_key_of_the_configuration_is_no_venue() {
        for text in ["", "Binance", "a b", "a:b", &"a".repeat(33)] {
            assert!(text.parse::<VenueId>().is_err(), "{text:?}");
        }
    }
}
