//! Errors that end a run.

use std::path::PathBuf;

use crate::ports::{ExchangeError, ValidationError};

/// Why a run could not begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The venue failed.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The log of events cannot be written.
    #[error("{}: expected to write the event log: {source}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A message was not taken, and `run.strict` wants each to be.
    #[error("{place}{0}", place = place(.0))]
    NotTaken(ValidationError),
    /// A service panicked while it looked at a message.
    #[error("expected to take a message, but a service panicked: {0}")]
    Panicked(String),
    /// The observer failed, for example because nobody reads the output any more.
    #[error("expected to write the output: {0}")]
    Output(#[source] std::io::Error),
}

/// Where the message was, in front of what is wrong with it.
fn place(error: &ValidationError) -> String {
    match error {
        ValidationError::NotUnderstood(not_taken) => format!("{}: ", not_taken.place),
        _ => String::new(),
    }
}
