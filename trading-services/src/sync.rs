//! Locks that survive a panic elsewhere, and a count that nobody waits for.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The guard, poisoned or not: all state behind these locks is valid after every statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much waits to be kept, for a health check: who keeps it holds its lock while the disk is waited for.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    waiting: AtomicUsize,
    /// Whether some of it could not be kept when that was tried last.
    is_left: AtomicBool,
    /// How often it was tried.
    tries: AtomicUsize,
    /// At which try the health check has found something, and zero when it has not.
    found: AtomicUsize,
}

impl Backlog {
    /// So much waits, and the first of it is tried now.
    pub(crate) fn begin(&self, waiting: usize) {
        self.waiting.store(waiting, Ordering::Relaxed);
        self.tries.fetch_add(1, Ordering::Relaxed);
    }

    /// So much could not be kept.
    pub(crate) fn end(&self, left: usize) {
        self.waiting.store(left, Ordering::Relaxed);
        self.is_left.store(left > 0, Ordering::Relaxed);
    }

    /// How much waits since it could not be kept, or since the question before: what is just being written is no trouble.
    pub(crate) fn stuck(&self) -> usize {
        let (waiting, tries) = (self.waiting.load(Ordering::Relaxed), self.tries.load(Ordering::Relaxed));
        let before = self.found.swap(if waiting == 0 { 0 } else { tries }, Ordering::Relaxed);
        if self.is_left.load(Ordering::Relaxed) || before == tries { waiting } else { 0 }
    }
}
