//! Long work as a job: its state, how far it is, and whether it is still wanted.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How far a job is, and whether it is still wanted. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    permille: AtomicU32,
    cancelled: AtomicBool,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Another one runs before it.
    Waiting,
    /// It runs.
    Running,
    /// It has a result.
    Done,
    /// It has none.
    Failed,
    /// Nobody wanted it any more.
    Cancelled,
    /// The platform ended before it did.
    Interrupted,
}

impl Progress {
    /// So much of `all` is done.
    pub fn set(&self, done: u64, all: u64) {
        let permille = u128::from(done.min(all)) * 1_000 / u128::from(all.max(1));
        self.0.permille.store(u32::try_from(permille).unwrap_or(1_000), Ordering::Relaxed);
    }

    /// How much is done of a job in that state, in thousandths: all of it, when it is done.
    pub fn permille(&self, state: JobState) -> u32 {
        if state == JobState::Done { 1_000 } else { self.0.permille.load(Ordering::Relaxed) }
    }

    /// Nobody wants it any more.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether nobody wants it any more.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }
}

impl JobState {
    /// Its name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether it has ended.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
