//! The locks and atomics of `loom`, under the names that the library uses.

pub(super) use std::sync::PoisonError;

pub(super) use loom::sync::atomic::Ordering;
use loom::sync::atomic::fence;
pub(super) use loom::sync::{Mutex, MutexGuard};

/// An atomic with the sequential consistency that `SeqCst` promises. `loom` takes the word as `AcqRel`, and would report
/// orders that cannot occur; it knows only sequentially consistent fences (its documentation, "Unsupported features").
pub(super) struct AtomicU64(loom::sync::atomic::AtomicU64);

impl AtomicU64 {
    pub(super) fn new(value: u64) -> Self {
        Self(loom::sync::atomic::AtomicU64::new(value))
    }

    pub(super) fn load(&self, ordering: Ordering) -> u64 {
        fenced(ordering, || self.0.load(ordering))
    }

    pub(super) fn store(&self, value: u64, ordering: Ordering) {
        fenced(ordering, || self.0.store(value, ordering));
    }

    pub(super) fn fetch_add(&self, value: u64, ordering: Ordering) -> u64 {
        fenced(ordering, || self.0.fetch_add(value, ordering))
    }

    pub(super) fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        fenced(success, || self.0.compare_exchange(current, new, success, failure))
    }
}

fn fenced<T>(ordering: Ordering, access: impl FnOnce() -> T) -> T {
    if ordering != Ordering::SeqCst {
        return access();
    }
    fence(Ordering::SeqCst);
    let value = access();
    fence(Ordering::SeqCst);
    value
}
