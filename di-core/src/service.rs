//! What every service is: what it needs, what it provides, how it is made and how it is closed.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::future::Future;
use core::pin::Pin;

use crate::container::Assemble;
use crate::error::LookupError;
use crate::graph::Member;
use crate::instance::{Instance, Way};
use crate::mode::Moded;

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
/// assert_eq!(Clock::INFO.name, "Clock");
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0005] `{Self}` is not a service",
    label = "not a service",
    note = "annotate it with `#[service]`, or let the caller supply it: `#[input]`",
    note = "see docs/diagnostics/DI0005.md"
)]
pub trait Service: Sized + 'static {
    /// What it says about itself, as it was written.
    const INFO: ServiceInfo;

    /// Its dependencies, as a list of pairs.
    #[doc(hidden)]
    type Deps;

    /// What the caller of its factory gives, as a tuple.
    #[doc(hidden)]
    type Args;

    /// Whether it is made at once, and whether making it can fail.
    #[doc(hidden)]
    type Mode: Moded;

    /// Makes one, in what its container holds it.
    #[doc(hidden)]
    fn construct<H: Hold<Self>>(deps: Self::Deps, args: Self::Args, key: Key) -> Made<H>;

    /// What is done with it when its container is closed.
    #[doc(hidden)]
    fn close(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// Its life beyond construction, if it says `lifecycle`.
    #[cfg(feature = "lifecycle")]
    #[doc(hidden)]
    fn lifecycle(this: &Arc<Self>) -> Option<crate::lifecycle::Managed> {
        let _ = this;
        None
    }

    /// Its health check, if it says `health`.
    #[cfg(feature = "health")]
    #[doc(hidden)]
    fn health(this: &Arc<Self>) -> Option<crate::health::Watched> {
        let _ = this;
        None
    }
}

/// What a service says about itself, as it was written.
#[derive(Debug, Clone, Copy)]
pub struct ServiceInfo {
    /// Its name.
    pub name: &'static str,
    /// The interfaces that it provides: `dyn I` each.
    pub interfaces: &'static [&'static str],
    /// What it asks for: a field or an argument each.
    #[doc(hidden)]
    pub members: &'static [Member],
}

impl ServiceInfo {
    /// What the macros write; it is here that a service is checked to be usable from several threads.
    ///
    /// As a supertrait, the check would be repeated wherever the service is named, each time down to the last dependency.
    #[doc(hidden)]
    pub const fn of<S: Send + Sync + 'static>(
        name: &'static str,
        interfaces: &'static [&'static str],
        members: &'static [Member],
    ) -> Self {
        Self { name, interfaces, members }
    }
}

/// What came of filling a cell: nothing, or the constructor's own error.
#[doc(hidden)]
pub type Filled = Result<(), BoxError>;

/// The key under which a service stands in a group, if it does.
#[doc(hidden)]
pub type Key = Option<&'static str>;

/// A service's interface number `N`, seen from the container `C`. The macros implement and use it.
///
/// The impl is blanket in `C` and has no where clause: naming `C` in the projection makes the container's impl headers
/// local to its crate, and checking them for overlap costs no walk through the graph.
pub trait Interface<N, C>: Sized {
    /// The interface as a type: `dyn I`.
    type Object: ?Sized + 'static;

    /// The service, seen as one.
    #[doc(hidden)]
    fn view(service: Instance<'_, Self>) -> Instance<'_, Self::Object>;
}

/// An interface as a type: what `#[interface]` implements, to see that there is one.
#[doc(hidden)]
pub trait Object {}

/// A module's export number `N`, seen from the container `C` around it. The macros implement and use it.
pub trait Export<N, C>: Sized {
    /// The interface as a type: `dyn I`.
    type Object: ?Sized + 'static;

    /// The instance that answers it.
    #[doc(hidden)]
    fn see(&self, way: Way) -> Instance<'_, Self::Object>;
}

/// What a constructor gave.
#[doc(hidden)]
pub enum Made<H> {
    /// The value.
    Now(H),
    /// An error.
    Failed(BoxError),
    /// The constructor is async.
    Later(Making<H>),
}

impl<H: core::fmt::Debug> core::fmt::Debug for Made<H> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Now(value) => f.debug_tuple("Now").field(value).finish(),
            Self::Failed(error) => f.debug_tuple("Failed").field(error).finish(),
            Self::Later(_) => f.write_str("Later"),
        }
    }
}

/// A constructor that is running.
#[doc(hidden)]
pub type Making<H> = Pin<Box<dyn Future<Output = Result<H, BoxError>> + Send>>;

impl<H> Made<H> {
    /// A sync constructor that cannot fail.
    #[inline(always)]
    pub fn now<T>(value: T) -> Self
    where
        H: Hold<T>,
    {
        Self::Now(H::hold(value))
    }

    /// A sync constructor that may have failed.
    #[inline(always)]
    pub fn tried<T, E: Into<BoxError>>(result: Result<T, E>) -> Self
    where
        H: Hold<T>,
    {
        match result {
            Ok(value) => Self::Now(H::hold(value)),
            Err(error) => Self::Failed(error.into()),
        }
    }

    /// An async constructor that cannot fail.
    #[inline]
    pub fn later<T, F>(future: F) -> Self
    where
        H: Hold<T>,
        F: Future<Output = T> + Send + 'static,
    {
        Self::Later(Box::pin(async move { Ok(H::hold(future.await)) }))
    }

    /// An async constructor that may fail.
    #[inline]
    pub fn tried_later<T, E, F>(future: F) -> Self
    where
        H: Hold<T>,
        E: Into<BoxError>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        Self::Later(Box::pin(async move { future.await.map(H::hold).map_err(Into::into) }))
    }
}

/// How a value is kept: as itself (modules, what a factory makes) or in an `Arc` (services).
#[doc(hidden)]
pub trait Hold<T> {
    /// Takes the value in.
    fn hold(value: T) -> Self;
}

impl<T> Hold<Self> for T {
    #[inline(always)]
    fn hold(value: T) -> Self {
        value
    }
}

impl<T> Hold<T> for Arc<T> {
    #[inline(always)]
    fn hold(value: T) -> Self {
        Self::new(value)
    }
}

/// What a complete container holds in one place, behind one type: for look-up by name and for closing.
#[doc(hidden)]
pub trait Held {
    /// The instance, to be downcast by who knows its type; a module has none of its own.
    fn any(&self) -> Option<Arc<dyn Any + Send + Sync>>;

    /// Looks for a name inside: in a module.
    fn lookup(&self, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError>;

    /// Closes it, and adds what went wrong.
    fn close(&self, name: &'static str, failures: &mut Vec<(&'static str, BoxError)>);

    /// Adds its nodes to the plan of a lifecycle: one for a service, one per service for a module.
    #[cfg(feature = "lifecycle")]
    fn flatten(
        &self,
        place: &crate::lifecycle::Place<'_>,
        plan: &mut crate::lifecycle::Flat,
    ) -> crate::lifecycle::Answers;
}

impl<T: Service + Send + Sync> Held for Arc<T> {
    fn any(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        Some(Self::clone(self) as _)
    }

    fn lookup(&self, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError> {
        Err(LookupError::Unknown { name: name.to_owned(), known: Vec::new() })
    }

    fn close(&self, name: &'static str, failures: &mut Vec<(&'static str, BoxError)>) {
        if let Err(error) = T::close(self) {
            failures.push((name, error));
        }
    }

    #[cfg(feature = "lifecycle")]
    fn flatten(
        &self,
        place: &crate::lifecycle::Place<'_>,
        plan: &mut crate::lifecycle::Flat,
    ) -> crate::lifecycle::Answers {
        plan.service(place, self)
    }
}

impl<C: Assemble> Held for C {
    fn any(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        None
    }

    fn lookup(&self, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError> {
        crate::tools::lookup(self, name)
    }

    fn close(&self, _: &'static str, failures: &mut Vec<(&'static str, BoxError)>) {
        crate::tools::close_each(self, failures);
    }

    #[cfg(feature = "lifecycle")]
    fn flatten(
        &self,
        place: &crate::lifecycle::Place<'_>,
        plan: &mut crate::lifecycle::Flat,
    ) -> crate::lifecycle::Answers {
        plan.module(self, place)
    }
}

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
