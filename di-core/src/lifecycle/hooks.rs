//! Lifecycle hooks: start, stop, and stop half-way through a start.

use async_trait::async_trait;

use super::context::Context;
use crate::error::BoxError;

/// The hooks of a service that has a life beyond its construction.
///
/// Each hook does nothing unless it is written. `#[interface]` on the impl block lets hooks be `async fn`. A hook is
/// cancelled by dropping it at an `.await`, and a panic in one is a failure of that hook, not of the application.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use di_core::lifecycle::{Context, Lifecycle};
/// use di_core::error::BoxError;
/// use di_core::interface;
///
/// pub struct Journal {
///     open: AtomicBool,
/// }
///
/// #[interface]
/// impl Lifecycle for Journal {
///     async fn start(&self, _context: &Context) -> Result<(), BoxError> {
///         self.open.store(true, Ordering::Release);
///         Ok(())
///     }
///
///     async fn stop(&self) -> Result<(), BoxError> {
///         self.open.store(false, Ordering::Release);
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0006] `{Self}` says `lifecycle`, but does not implement `Lifecycle`",
    label = "`impl Lifecycle for {Self}` is missing",
    note = "write `#[di_core::interface] impl di_core::lifecycle::Lifecycle for {Self}`, or remove `lifecycle` from `#[service(..)]`",
    note = "see `di_core::diagnostics::DI0006`"
)]
#[async_trait]
pub trait Lifecycle: Send + Sync + 'static {
    /// Starts the service: all that it needs has started. Whoever needs it waits until this returns.
    ///
    /// # Errors
    ///
    /// Whatever keeps the service from starting: what has started is then stopped, and this error is returned first.
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let _ = context;
        Ok(())
    }

    /// Stops the service: nobody that needs it runs any more, and its background tasks know that they shall end.
    ///
    /// # Errors
    ///
    /// Whatever went wrong; the other services are stopped nevertheless, and all errors are returned.
    async fn stop(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// Clears up after a `start` that failed, panicked, took too long or was cancelled; `stop` is not called then.
    ///
    /// # Errors
    ///
    /// Whatever went wrong; it is attached to the error that ended the start.
    async fn on_abort(&self) -> Result<(), BoxError> {
        Ok(())
    }
}
