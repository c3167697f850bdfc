//! Errors in settings, with the place of each value.

use std::fmt;
use std::path::PathBuf;

/// Why there are no valid settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: expected a readable configuration file: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}:{line}:{column}: expected TOML: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What the parser expected.
        message: String,
    },
    /// Values that are not allowed, all of them at once.
    #[error("{}", Problem::list(.0))]
    Invalid(Vec<Problem>),
}

/// One value that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, dotted: `alerts.cool_down`.
    pub key: String,
    /// Where the value was written: `file:line`, the environment variable, `command line` or `default`.
    pub origin: String,
    /// What was expected and what was found.
    pub message: String,
}

impl Problem {
    fn list(problems: &[Self]) -> String {
        problems.iter().map(Self::to_string).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: invalid configuration value: `{}`: {}", self.origin, self.key, self.message)
    }
}
