//! In which of two ways is an instance asked for, and given?
//!
//! Both ways go through one function wherever the macros write one: each more would be a body for the compiler to check,
//! per service ([decision 22](../../docs/decisions/0022-one-view-per-interface.md)). All are inlined, so that in a built
//! program nothing is left of the question.

use alloc::sync::Arc;
use core::fmt;

/// How an instance is asked for.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// Shared.
    Shared,
    /// Borrowed from the container that keeps it.
    Lent,
}

impl Way {
    /// What is kept, as it is asked for.
    #[inline(always)]
    pub fn of<T: ?Sized>(self, kept: &Arc<T>) -> Instance<'_, T> {
        match self {
            Self::Shared => Instance::Shared(Arc::clone(kept)),
            Self::Lent => Instance::Lent(kept),
        }
    }
}

/// An instance, as it was asked for.
#[doc(hidden)]
pub enum Instance<'a, T: ?Sized> {
    /// Shared.
    Shared(Arc<T>),
    /// Borrowed.
    Lent(&'a T),
}

impl<'a, T: ?Sized> Instance<'a, T> {
    /// What was asked for as [`Way::Shared`].
    #[inline(always)]
    pub fn shared(self) -> Arc<T> {
        match self {
            Self::Shared(instance) => instance,
            Self::Lent(_) => unreachable!("what is asked for shared is given shared"),
        }
    }

    /// What was asked for as [`Way::Lent`], and is kept.
    #[inline(always)]
    pub(crate) fn lent(self) -> &'a T {
        match self {
            Self::Lent(instance) => instance,
            Self::Shared(_) => unreachable!("what is kept at a place can be lent"),
        }
    }
}

impl<T: ?Sized> fmt::Debug for Instance<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "Shared",
            Self::Lent(_) => "Lent",
        })
    }
}
