//! The session: the name of a run, and the token of requests that act.

use std::fmt::Write;
use std::sync::Arc;

/// The name of this run, and the token that its own page knows.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) run: Arc<str>,
    pub(super) token: Arc<str>,
}

impl Session {
    /// A session that nobody can guess.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(super) fn draw() -> Result<Self, getrandom::Error> {
        Ok(Self { run: drawn(8)?, token: drawn(24)? })
    }
}

fn drawn(bytes: usize) -> Result<Arc<str>, getrandom::Error> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random)?;
    let text = random.iter().fold(String::new(), |mut text, byte| {
        // A string takes all that is written.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(text.into())
}
