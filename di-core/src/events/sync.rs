//! Locks and atomics of a buffer: the standard library's. The model check compiles the same buffer with
//! those of `loom`.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
