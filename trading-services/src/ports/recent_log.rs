//! The interface of the last lines of the log.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// How grave a line of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For those who look for a fault.
    Debug,
    /// Good to know.
    Info,
    /// Somebody should look.
    Warn,
    /// Something is wrong.
    Error,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its number, rising from 1.
    pub number: u64,
    /// When, by the clock of the machine.
    pub time: Timestamp,
    /// How grave.
    pub level: LogLevel,
    /// Which part of the program says it.
    pub target: String,
    /// What it says, with its fields.
    pub message: String,
}

/// Remembers what the program has logged last.
#[di_core::interface]
pub trait IRecentLog {
    /// The lines that are remembered, newest first: at least of that level.
    fn lines(&self, least: LogLevel) -> Vec<LogLine>;
}

impl LogLevel {
    /// Its name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
