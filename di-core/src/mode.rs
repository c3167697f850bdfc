//! Whether something is made at once or later, and whether making it can fail: inferred, never declared.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::error::BuildError;
use crate::state::{Concurrent, Filling, InOrder};

/// Constants of the graph as a type, from which follows what `build` and `Factory::make` return.
///
/// | | infallible | fallible |
/// | --- | --- | --- |
/// | sync | `T` | `Result<T, BuildError>` |
/// | async | a future of `T` | a future of `Result<T, BuildError>` |
#[derive(Debug)]
pub enum Mode<const ASYNC: bool, const FALLIBLE: bool> {}

/// What services name, as a constant in their own code would be a body for the compiler to check.
#[doc(hidden)]
pub type SyncInfallible = Mode<false, false>;
#[doc(hidden)]
pub type SyncFallible = Mode<false, true>;
#[doc(hidden)]
pub type AsyncInfallible = Mode<true, false>;
#[doc(hidden)]
pub type AsyncFallible = Mode<true, true>;

/// A [`Mode`], and what it makes of a `T`.
pub trait Moded: 'static {
    /// Whether the constructor, or one that it needs, is async.
    const ASYNC: bool;

    /// Whether the constructor, or one that it needs, can fail.
    const FALLIBLE: bool;

    /// The state in which a container of this mode is built.
    #[doc(hidden)]
    type Building: Filling;

    /// What the caller gets.
    type Of<T: 'static>;

    /// Hands it to the caller.
    #[doc(hidden)]
    fn of<T: 'static>(making: Making<T>) -> Self::Of<T>;
}

/// A value, an error or the future of either, before its mode is taken into account.
#[doc(hidden)]
pub enum Making<T> {
    /// It is here, or it failed.
    Now(Result<T, BuildError>),
    /// It will be.
    Later(Pin<Box<dyn Future<Output = Result<T, BuildError>> + Send>>),
}

impl<T> fmt::Debug for Making<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now(Ok(_)) => "Now(Ok)",
            Self::Now(Err(_)) => "Now(Err)",
            Self::Later(_) => "Later",
        })
    }
}

impl Moded for Mode<false, false> {
    const ASYNC: bool = false;
    const FALLIBLE: bool = false;
    type Building = InOrder;
    type Of<T: 'static> = T;

    #[inline(always)]
    fn of<T: 'static>(making: Making<T>) -> T {
        match making {
            Making::Now(Ok(value)) => value,
            Making::Now(Err(_)) | Making::Later(_) => contradicts_its_mode(),
        }
    }
}

impl Moded for Mode<false, true> {
    const ASYNC: bool = false;
    const FALLIBLE: bool = true;
    type Building = InOrder;
    type Of<T: 'static> = Result<T, BuildError>;

    #[inline(always)]
    fn of<T: 'static>(making: Making<T>) -> Result<T, BuildError> {
        match making {
            Making::Now(result) => result,
            Making::Later(_) => contradicts_its_mode(),
        }
    }
}

impl Moded for Mode<true, false> {
    const ASYNC: bool = true;
    const FALLIBLE: bool = false;
    type Building = Concurrent;
    type Of<T: 'static> = BuildFuture<T>;

    fn of<T: 'static>(making: Making<T>) -> BuildFuture<T> {
        match making {
            Making::Later(future) => BuildFuture::new(async move {
                match future.await {
                    Ok(value) => value,
                    Err(_) => contradicts_its_mode(),
                }
            }),
            Making::Now(_) => contradicts_its_mode(),
        }
    }
}

impl Moded for Mode<true, true> {
    const ASYNC: bool = true;
    const FALLIBLE: bool = true;
    type Building = Concurrent;
    type Of<T: 'static> = BuildFuture<Result<T, BuildError>>;

    fn of<T: 'static>(making: Making<T>) -> BuildFuture<Result<T, BuildError>> {
        match making {
            Making::Later(future) => BuildFuture(future),
            Making::Now(_) => contradicts_its_mode(),
        }
    }
}

/// The mode of two things that are made one after the other.
///
/// rust-analyzer does not evaluate the constants of a graph, so it is shown the mode of a container as one of types.
#[doc(hidden)]
pub trait Then<M> {
    /// Async or fallible where one of the two is.
    type Mode;
}

impl<M> Then<M> for Mode<false, false> {
    type Mode = M;
}

impl<M> Then<M> for Mode<true, true> {
    type Mode = Self;
}

impl<const ASYNC: bool, const FALLIBLE: bool> Then<Mode<ASYNC, FALLIBLE>> for Mode<true, false> {
    type Mode = Mode<true, FALLIBLE>;
}

impl<const ASYNC: bool, const FALLIBLE: bool> Then<Mode<ASYNC, FALLIBLE>> for Mode<false, true> {
    type Mode = Mode<ASYNC, true>;
}

/// The future of a container, or of what an async factory makes.
///
/// Dropping it half-way drops what was built, in reverse order of creation.
#[must_use = "nothing is built until the future is awaited"]
pub struct BuildFuture<T>(Pin<Box<dyn Future<Output = T> + Send>>);

impl<T> BuildFuture<T> {
    /// From a future that may move between threads.
    #[doc(hidden)]
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Box::pin(future))
    }

    pub(crate) fn into_inner(self) -> Pin<Box<dyn Future<Output = T> + Send>> {
        self.0
    }
}

impl<T> Future for BuildFuture<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for BuildFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BuildFuture")
    }
}

/// The mode is computed from the same constants as the constructors that are run.
#[cold]
#[inline(never)]
fn contradicts_its_mode() -> ! {
    unreachable!("a constructor of this graph did what its constants exclude")
}
