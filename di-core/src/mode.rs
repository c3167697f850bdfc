//! Construction modes: at once or later, infallible or fallible. They are inferred, never declared.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::error::BoxError;
use crate::error::BuildError;

/// How something is built, as a type. What `build` and [`Factory::make`](crate::Factory::make) return follows from it:
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

/// A [`Mode`], with what it turns a `T` into.
pub trait Moded: 'static {
    /// Whether the constructor, or the constructor of something that it needs, is async.
    const ASYNC: bool;

    /// Whether the constructor, or the constructor of something that it needs, can fail.
    const FALLIBLE: bool;

    /// What the caller receives.
    type Of<T: 'static>;

    /// Hands it to the caller.
    #[doc(hidden)]
    fn of<T: 'static>(built: Built<T>) -> Self::Of<T>;

    /// Takes it from where it was handed to a caller: what [`of`](Self::of) gave.
    #[doc(hidden)]
    fn built<T: 'static>(of: Self::Of<T>) -> Built<T>;
}

/// A value, an error or the future of either, before its mode is taken into account.
#[doc(hidden)]
pub enum Built<T> {
    /// It is here, or it failed.
    Now(Result<T, BuildError>),
    /// It will be.
    Later(Pin<Box<dyn Future<Output = Result<T, BuildError>> + Send>>),
}

impl<T> fmt::Debug for Built<T> {
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
    type Of<T: 'static> = T;

    #[inline(always)]
    fn of<T: 'static>(built: Built<T>) -> T {
        match built {
            Built::Now(Ok(value)) => value,
            Built::Now(Err(_)) | Built::Later(_) => contradicts_its_mode(),
        }
    }

    #[inline]
    fn built<T: 'static>(of: T) -> Built<T> {
        Built::Now(Ok(of))
    }
}

impl Moded for Mode<false, true> {
    const ASYNC: bool = false;
    const FALLIBLE: bool = true;
    type Of<T: 'static> = Result<T, BuildError>;

    #[inline(always)]
    fn of<T: 'static>(built: Built<T>) -> Result<T, BuildError> {
        match built {
            Built::Now(result) => result,
            Built::Later(_) => contradicts_its_mode(),
        }
    }

    #[inline]
    fn built<T: 'static>(of: Result<T, BuildError>) -> Built<T> {
        Built::Now(of)
    }
}

impl Moded for Mode<true, false> {
    const ASYNC: bool = true;
    const FALLIBLE: bool = false;
    type Of<T: 'static> = BuildFuture<T>;

    fn of<T: 'static>(built: Built<T>) -> BuildFuture<T> {
        match built {
            Built::Later(future) => BuildFuture::new(async move {
                match future.await {
                    Ok(value) => value,
                    Err(_) => contradicts_its_mode(),
                }
            }),
            Built::Now(_) => contradicts_its_mode(),
        }
    }

    fn built<T: 'static>(of: BuildFuture<T>) -> Built<T> {
        Built::Later(Box::pin(async move { Ok(of.await) }))
    }
}

impl Moded for Mode<true, true> {
    const ASYNC: bool = true;
    const FALLIBLE: bool = true;
    type Of<T: 'static> = BuildFuture<Result<T, BuildError>>;

    fn of<T: 'static>(built: Built<T>) -> BuildFuture<Result<T, BuildError>> {
        match built {
            Built::Later(future) => BuildFuture(future),
            Built::Now(_) => contradicts_its_mode(),
        }
    }

    fn built<T: 'static>(of: BuildFuture<Result<T, BuildError>>) -> Built<T> {
        Built::Later(of.0)
    }
}

/// A mode in which nothing is awaited.
#[doc(hidden)]
pub trait AtOnce {}

impl<const FALLIBLE: bool> AtOnce for Mode<false, FALLIBLE> {}

/// A mode in which nothing is awaited and nothing can fail.
#[doc(hidden)]
pub trait Infallible {}

impl Infallible for Mode<false, false> {}

/// The mode of two things that are made one after the other: of a container, and of a module whose mode its text does not
/// tell.
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
/// Dropping the future drops what has been built so far, in reverse order of creation.
#[must_use = "nothing is built until the future is awaited"]
pub struct BuildFuture<T>(Pin<Box<dyn Future<Output = T> + Send>>);

impl<T> BuildFuture<T> {
    /// From a future that may move between threads.
    #[doc(hidden)]
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Box::pin(future))
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

impl<T> Built<T> {
    /// What a future will build.
    pub fn later_of(future: impl Future<Output = Result<T, BuildError>> + Send + 'static) -> Self {
        Self::Later(Box::pin(future))
    }

    /// What was built at once, as the build of a container goes on with it.
    ///
    /// # Errors
    ///
    /// That of the constructor that failed.
    #[inline]
    pub fn now(self) -> Result<T, BoxError> {
        match self {
            Self::Now(result) => result.map_err(Into::into),
            Self::Later(_) => contradicts_its_mode(),
        }
    }

    /// What will be built, or is, as a future.
    ///
    /// # Errors
    ///
    /// That of the constructor that failed.
    pub async fn later(self) -> Result<T, BoxError> {
        match self {
            Self::Now(result) => result.map_err(Into::into),
            Self::Later(future) => future.await.map_err(Into::into),
        }
    }
}

/// The mode is computed from the same constants as the constructors that are run.
#[cold]
#[inline(never)]
fn contradicts_its_mode() -> ! {
    unreachable!("a constructor of this graph did what its constants exclude")
}
