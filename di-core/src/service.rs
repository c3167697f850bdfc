//! What every service is: a type that a container can hold, and what it offers beyond its interfaces.

use alloc::boxed::Box;
use alloc::sync::Arc;

use crate::mode::Moded;
use crate::request::Request;

/// Any error of a constructor, a close or a hook; the original can be had by downcast.
pub type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// A type annotated with [`#[service]`](macro@crate::service), or a container.
///
/// The macros implement it. Nothing in it names a container: the same service can stand in any.
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
pub trait Service: Shared + Sized {
    /// Whether it is made at once, and whether making it can fail.
    #[doc(hidden)]
    type Mode: Moded;

    /// Offers what is asked for, if it has that: its `close`, its lifecycle, its health check.
    #[doc(hidden)]
    fn provide(this: &Arc<Self>, request: &mut Request<'_>) {
        let _ = (this, request);
    }
}

/// What can be used from several threads, for as long as somebody holds it.
#[diagnostic::on_unimplemented(
    message = "[DI0019] `{Self}` cannot be shared between threads",
    label = "not `Send + Sync + 'static`",
    note = "a service is held in an `Arc` by all that need it: use `Arc`, `Mutex` or atomics where it has `Rc`, `RefCell` or `Cell`",
    note = "see `di_core::diagnostics::DI0019`"
)]
#[doc(hidden)]
pub trait Shared: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + Send + Sync + 'static> Shared for T {}

/// An interface as a type: what `#[interface]` implements, to see that there is one.
#[doc(hidden)]
pub trait Object {}

/// A service that has something to close: `#[service(.., close)]`.
///
/// [`close`](Self::close) is called by the container's `close`, once, after all that depends on the service has been
/// closed, and before anything it depends on is.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use di_core::{BoxError, Close, container, service};
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
/// # Ok::<(), di_core::CloseError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` says `close`, but does not implement `Close`",
    label = "`impl Close for {Self}` is missing",
    note = "write `impl di_core::Close for {Self}`, or remove `close` from `#[service(..)]`"
)]
pub trait Close {
    /// Closes the service.
    ///
    /// # Errors
    ///
    /// Whatever went wrong; the container goes on with the others and returns all errors.
    fn close(&self) -> Result<(), BoxError>;
}
