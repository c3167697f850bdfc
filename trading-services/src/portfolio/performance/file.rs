//! Returns out of a CSV file.

use std::path::{Path, PathBuf};

use crate::input::{FileRows, Tail};

/// Why returns could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReturnsFileError {
    /// The file cannot be read.
    #[error("{}: expected a readable CSV file of returns: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: csv::Error,
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
}

/// Reads a CSV of returns under a header: the last column of each line is the gain of its period, 0.01 for one percent.
///
/// # Errors
/// [`ReturnsFileError`] with file, line and what was expected. A missing return is an error: it is not zero.
pub fn read_returns(path: &Path) -> Result<FileRows<f64>, ReturnsFileError> {
    let failed = |source| ReturnsFileError::Read { path: path.to_owned(), source };
    let (tail, last_byte) = Tail::of(std::fs::File::open(path).map_err(|error| failed(error.into()))?);
    let mut reader = csv::Reader::from_reader(tail);
    let mut returns = Vec::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let text = record.iter().next_back().unwrap_or_default().trim();
        let gain = text.parse().ok().filter(|gain: &f64| gain.is_finite() && *gain >= -1.0);
        let Some(gain) = gain else {
            let line = record.position().map_or(0, csv::Position::line);
            let text = text.escape_debug();
            let message = format!("expected a return, -1 or more in the last column, found `{text}`");
            return Err(ReturnsFileError::Line { path: path.to_owned(), line, message });
        };
        returns.push(gain);
    }
    Ok(FileRows { rows: returns, is_cut: last_byte.is_cut() })
}
