//! On which locks and atomics a buffer stands: the standard library's. The model check compiles the same buffer with
//! those of `loom`.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
