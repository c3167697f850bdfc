//! Construction modes: at once or later, infallible or fallible.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use alloc::boxed::Box;

use crate::error::BuildError;

/// How something is built, as a type. What `build` and [`Factory::make`](crate::dependency::Factory::make) return follows from it:
///
/// | | infallible | fallible |
/// | --- | --- | --- |
/// | sync | `T` | `Result<T, BuildError>` |
/// | async | a future of `T` | a future of `Result<T, BuildError>` |
///
/// A container's mode is inferred from its services: async where one of them is, fallible where one of them is.
/// `#[container(build = ..)]` declares it, and a module that is not [`Infallible`] has to.
pub trait Mode: 'static {
    /// What the caller receives.
    type Of<T: 'static>;
}

/// Built at once, without failure.
#[derive(Debug)]
pub enum Infallible {}

/// Built at once, or not at all.
#[derive(Debug)]
pub enum Fallible {}

/// Awaited, without failure.
#[derive(Debug)]
pub enum Async {}

/// Awaited, and it may fail.
#[derive(Debug)]
pub enum AsyncFallible {}

impl Mode for Infallible {
    type Of<T: 'static> = T;
}

impl Mode for Fallible {
    type Of<T: 'static> = Result<T, BuildError>;
}

impl Mode for Async {
    type Of<T: 'static> = BuildFuture<T>;
}

impl Mode for AsyncFallible {
    type Of<T: 'static> = BuildFuture<Result<T, BuildError>>;
}

/// The mode of the module `M`, which is what its text says: `Said`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "[DI0017] the module `{M}` is built in the mode `{Self}`, and does not declare it",
    label = "listed here as `{Said}`",
    note = "declare at the module how it is built, where whoever lists it reads it: `#[container(build = ..)]`, with `fallible`, `async` or `async_fallible`",
    note = "see `di_core::diagnostics::DI0017`"
)]
pub trait Declared<Said: Mode, M>: Mode {
    /// What is built in both.
    fn said<T: 'static>(of: Self::Of<T>) -> Said::Of<T>;
}

#[diagnostic::do_not_recommend]
impl<M: Mode, Module> Declared<M, Module> for M {
    #[inline]
    fn said<T: 'static>(of: M::Of<T>) -> M::Of<T> {
        of
    }
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

impl<T: 'static> BuildFuture<T> {
    /// From a build that waits for constructors, none of which can fail.
    #[doc(hidden)]
    pub fn infallible(future: impl Future<Output = Result<T, BuildError>> + Send + 'static) -> Self {
        Self::new(async {
            match future.await {
                Ok(value) => value,
                Err(error) => unreachable!("no constructor of this container can fail: {error}"),
            }
        })
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
