//! The bounds of code that is generic over the container.

use alloc::sync::Arc;

use crate::container::Container;
use crate::export::{Asked, ExportedBy, Lending};

/// A container that can lend an instance of `T`: a bound for code that is generic over the container.
///
/// A container lends every concrete type that it keeps, and the interfaces that it exports with
/// `#[container(provides = [IClock])]`. An `Arc` of the container and a reference to it lend the same.
///
/// ```
/// use di_core::{Lends, container, service};
///
/// #[service]
/// pub struct Clock;
///
/// #[container]
/// pub struct App {
///     clock: Clock,
/// }
///
/// fn clock_of<C: Lends<Clock>>(container: &C) -> &Clock {
///     container.get()
/// }
///
/// let app = App::build(AppInputs {});
/// assert!(std::ptr::eq(clock_of(&app), &*app.shared::<Clock>()));
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{Self}` does not lend `{T}` to generic code",
    label = "`{Self}` does not export this key",
    note = "export it: `#[container(provides = [..])]`; concrete types that it keeps need no export",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait Lends<T: ?Sized>: LendsKey<T> {}

/// A container that answers the key `T` with `get` and with `shared`: a bound for code that is generic over the container.
///
/// The keys are those of [`Lends`].
///
/// ```
/// use std::sync::Arc;
/// use di_core::{Provides, container, interface, service};
///
/// #[interface]
/// pub trait IClock {
///     fn now_ms(&self) -> u64;
/// }
///
/// #[service(provides = IClock)]
/// pub struct Clock;
/// impl IClock for Clock {
///     fn now_ms(&self) -> u64 { 7 }
/// }
///
/// #[container(provides = [IClock])]
/// pub struct App {
///     clock: Clock,
/// }
///
/// fn clock_of<C: Provides<dyn IClock>>(container: &C) -> Arc<dyn IClock> {
///     container.shared()
/// }
///
/// let app = Arc::new(App::build(AppInputs {}));
/// assert_eq!(clock_of(&*app).now_ms(), 7);
/// assert_eq!(clock_of(&app).now_ms(), 7);
/// assert_eq!(clock_of(&&*app).now_ms(), 7);
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{Self}` does not provide `{T}` to generic code",
    label = "`{Self}` does not export this key",
    note = "export it: `#[container(provides = [..])]`; concrete types that it keeps need no export",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait Provides<T: ?Sized>: Lends<T> + SharesKey<T> {}

// The methods stand in traits that nobody imports: a bound brings them along, and where a container's own type is known,
// `Resolve` alone is in scope.

/// The method of [`Lends`].
#[doc(hidden)]
pub trait LendsKey<T: ?Sized> {
    /// How the container comes by the instance. An impl names it and writes no bodies.
    type Access: Lend<Self, T>;

    /// The instance, borrowed.
    #[inline]
    fn get(&self) -> &T {
        Self::Access::lend(self)
    }
}

/// The method of [`Provides`].
#[doc(hidden)]
pub trait SharesKey<T: ?Sized> {
    /// The instance, shared.
    fn shared(&self) -> Arc<T>;
}

impl<C: ?Sized + LendsKey<T>, T: ?Sized> Lends<T> for C {}
impl<C: ?Sized + LendsKey<T>, T: ?Sized> Provides<T> for C {}

impl<C: ?Sized + LendsKey<T>, T: ?Sized> SharesKey<T> for C {
    #[inline]
    fn shared(&self) -> Arc<T> {
        C::Access::share(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Container, T: ?Sized + ExportedBy<C, Lending>> LendsKey<T> for C {
    type Access = AsLent;
}

#[diagnostic::do_not_recommend]
impl<C: LendsKey<T>, T: ?Sized> LendsKey<T> for Arc<C> {
    type Access = Behind;
}

/// A way from a container to an instance of `T`.
#[doc(hidden)]
pub trait Lend<C: ?Sized, T: ?Sized> {
    /// The instance, borrowed.
    fn lend(container: &C) -> &T;

    /// The instance, shared.
    fn share(container: &C) -> Arc<T>;
}

/// The container lends the instance: it keeps it under its concrete type, or exports it.
#[doc(hidden)]
#[derive(Debug)]
pub enum AsLent {}

impl<C, T: ?Sized + ExportedBy<C, Lending>> Lend<C, T> for AsLent {
    #[inline]
    fn lend(container: &C) -> &T {
        T::view(Asked::Borrowed(container)).into_borrowed()
    }

    #[inline]
    fn share(container: &C) -> Arc<T> {
        T::view(Asked::Shared(container)).into_shared()
    }
}

/// What stands behind an `Arc` or a reference has a way.
///
/// That a reference to a container lends what the container does is written by each container: here, the compiler would have
/// to know that nobody makes a container of references.
#[doc(hidden)]
#[derive(Debug)]
pub enum Behind {}

impl<C: LendsKey<T>, T: ?Sized> Lend<Arc<C>, T> for Behind {
    #[inline]
    fn lend(container: &Arc<C>) -> &T {
        C::Access::lend(container)
    }

    #[inline]
    fn share(container: &Arc<C>) -> Arc<T> {
        C::Access::share(container)
    }
}

impl<C: LendsKey<T>, T: ?Sized> Lend<&C, T> for Behind {
    #[inline]
    fn lend<'a>(container: &'a &C) -> &'a T {
        C::Access::lend(container)
    }

    #[inline]
    fn share(container: &&C) -> Arc<T> {
        C::Access::share(container)
    }
}
