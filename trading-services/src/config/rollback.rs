//! The way back to the file of an earlier configuration.

use std::io::Write;
use std::path::Path;

use super::layers::{Overrides, load};
use crate::output::OutputFile;
use crate::ports::RollbackError;

/// Writes `text` over `file` as a whole, if the platform would take it.
///
/// # Errors
/// [`RollbackError::Invalid`] and [`RollbackError::Write`]; the file is then as it was.
pub fn restore(file: &Path, text: &str, overrides: &Overrides) -> Result<(), RollbackError> {
    let said = |source| RollbackError::Write { path: file.to_owned(), source };
    let trial = tempfile::NamedTempFile::new().map_err(said)?;
    std::fs::write(trial.path(), text).map_err(said)?;
    load(Some(trial.path()), overrides)?;
    let mut target = OutputFile::create(file, &[]).map_err(said)?;
    target.write_all(text.as_bytes()).and_then(|()| target.finish()).map_err(said)
}
