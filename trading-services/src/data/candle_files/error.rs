//! Errors in files of trades and candles.

use std::path::PathBuf;

/// Why candles could not be read or built, or not all.
#[derive(Debug, thiserror::Error)]
pub enum CandleFileError {
    /// The file cannot be read.
    #[error("{}: expected a readable CSV file: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is not what such a file has.
    #[error("{}:{line}: {message}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1; the header is line 1.
        line: u64,
        /// What was expected and what was found.
        message: String,
    },
    /// The file of candles cannot be written.
    #[error("{}: expected to write candles: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
