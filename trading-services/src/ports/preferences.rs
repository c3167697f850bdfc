//! The interface of what people have chosen on the page.

use std::collections::BTreeMap;

/// Why a preference is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreferenceError {
    /// It has no name that can be kept.
    #[error(
        "expected a name of 1 to {most} letters, digits, `.`, `-` and `_`, found `{}`",
        found.escape_debug(),
        most = Self::NAME
    )]
    Name {
        /// The name.
        found: String,
    },
    /// Its value is too long.
    #[error("expected a value of at most {most} letters, found {found}", most = Self::VALUE)]
    Value {
        /// How many it has.
        found: usize,
    },
    /// Its value has a character that no database has to take.
    #[error("expected a value without control characters, found `{}`", found.escape_debug())]
    Control {
        /// The first of them.
        found: char,
    },
    /// There are too many others.
    #[error("expected at most {most} preferences", most = Self::MOST)]
    TooMany,
}

impl PreferenceError {
    /// The longest name.
    pub const NAME: usize = 64;
    /// The longest value.
    pub const VALUE: usize = 1_000;
    /// So many are kept.
    pub const MOST: usize = 200;
}

/// What people have chosen on the page and should find again: names and values that mean nothing to the platform.
#[di_core::interface]
pub trait IPreferences {
    /// All of them, by name.
    fn preferences(&self) -> BTreeMap<String, String>;

    /// Keeps a value; `None` forgets it.
    ///
    /// # Errors
    /// [`PreferenceError`]; what was kept is then as it was.
    fn prefer(&self, name: &str, value: Option<&str>) -> Result<(), PreferenceError>;
}
