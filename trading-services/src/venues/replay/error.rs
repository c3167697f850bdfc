//! Errors in a recording, with file and line.

use std::path::PathBuf;

use crate::ports::ExchangeError;

/// Why a recording cannot be read, or not further.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be opened.
    #[error("{}: expected a recording, plain or gzip: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file ends, or its compression breaks, within a line.
    #[error("{}:{line}: expected {expected}, but the recording is cut or damaged here: {reason}", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// The line that could not be completed, from 1.
        line: u64,
        /// What should have come.
        expected: &'static str,
        /// What came instead.
        reason: String,
    },
    /// There is not a single message.
    #[error("{}: expected a recording, found nothing to read", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A line that is not what a recording has.
    #[error("{}:{line}: expected {expected}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What was expected, and what was found.
        expected: String,
    },
}

impl From<RecordingError> for ExchangeError {
    fn from(error: RecordingError) -> Self {
        Self::Source(error.into())
    }
}
