//! The service trait, and what a service offers beyond its interfaces.

use alloc::sync::Arc;

use crate::error::BoxError;
use crate::mode::Mode;
use crate::request::Request;

/// A type annotated with [`#[service]`](macro@crate::service), or a container.
///
/// The macros implement it. Nothing in it names a container, so the same service can be listed in any.
///
/// ```
/// use di_core::{Service, service};
///
/// #[service]
/// pub struct Clock;
///
/// fn is_a_service<S: Service>() {}
/// is_a_service::<Clock>();
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0005] `{Self}` is not a service",
    label = "not a service",
    note = "annotate it with `#[service]`, or let the caller supply it: `#[input]`",
    note = "see `di_core::diagnostics::DI0005`"
)]
// rustc prints the line of a bound that a service does not meet, so the advice is on that line.
#[rustfmt::skip]
pub trait Service: Sized + 'static
where
    Self: Send + Sync, // annotate traits behind `dyn` with `#[interface]`; use `Mutex` for `RefCell` or `Cell`, `Arc` for `Rc`
{
    /// Whether construction is async, and whether it can fail.
    #[doc(hidden)]
    type Mode: Mode;

    /// Offers what is asked for, if it has that: its `close`, its lifecycle, its health check.
    #[doc(hidden)]
    fn provide(this: &Arc<Self>, request: &mut Request<'_>) {
        let _ = (this, request);
    }
}

/// An interface as a type: what `#[interface]` implements, to see that there is one.
#[doc(hidden)]
pub trait Object {}

/// What a function of `close = ..` returns: nothing, or whether it failed.
#[diagnostic::on_unimplemented(
    message = "[DI0012] this function of `close` returns `{Self}`",
    label = "returns neither `()` nor a `Result<(), E>`",
    note = "what closes asynchronously is stopped by a lifecycle: `#[service(lifecycle)]` with `impl Lifecycle`",
    note = "see `di_core::diagnostics::DI0012`"
)]
#[doc(hidden)]
pub trait Closed {
    /// With the error in a box.
    ///
    /// # Errors
    ///
    /// The function's own error.
    fn boxed(self) -> Result<(), BoxError>;
}

impl Closed for () {
    fn boxed(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> Closed for Result<(), E> {
    fn boxed(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// A service that has something to close: `#[service(.., close)]`.
///
/// The container's `close` calls [`close`](Self::close) once: after everything that depends on the service has been closed,
/// and before anything that it depends on.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use di_core::error::BoxError;
/// use di_core::{Close, container, service};
///
/// #[service(close)]
/// pub struct Journal {
///     #[inject(default)]
///     flushed: AtomicBool,
/// }
///
/// impl Close for Journal {
///     fn close(&self) -> Result<(), BoxError> {
///         self.flushed.store(true, Ordering::Release);
///         Ok(())
///     }
/// }
///
/// #[container]
/// pub struct App {
///     journal: Journal,
/// }
///
/// let app = App::build(AppInputs {});
/// let journal = app.shared::<Journal>();
/// app.close()?;
/// assert!(journal.flushed.load(Ordering::Acquire));
/// # Ok::<(), di_core::error::CloseError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0006] `{Self}` says `close`, but does not implement `Close`",
    label = "`impl Close for {Self}` is missing",
    note = "write `impl di_core::Close for {Self}`, or remove `close` from `#[service(..)]`",
    note = "see `di_core::diagnostics::DI0006`"
)]
pub trait Close {
    /// Closes the service.
    ///
    /// # Errors
    ///
    /// Whatever went wrong. The container closes the remaining services and returns all errors.
    fn close(&self) -> Result<(), BoxError>;
}
