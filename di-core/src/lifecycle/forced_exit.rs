//! The forced exit after a second signal, which says what still ran.

use std::fmt;

/// A second signal: the process exits at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForcedExit {
    /// The second signal.
    pub signal: &'static str,
    /// What the process exits with.
    pub code: i32,
    /// The services of which something still ran, in start order.
    pub still_running: Vec<&'static str>,
}

impl ForcedExit {
    /// The exit code of a process that was interrupted, as shells have it.
    pub const CODE: i32 = 130;
}

impl fmt::Display for ForcedExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} again: exiting at once; ", self.signal)?;
        match self.still_running.as_slice() {
            [] => f.write_str("nothing was running any more"),
            running => write!(f, "still running: {}", running.join(", ")),
        }
    }
}
