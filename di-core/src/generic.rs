//! The bounds of code that is generic over the container.

use alloc::sync::Arc;

use crate::container::{Concrete, Container, Keeps, Unqualified};

/// A container that can lend an instance of `T`: a bound for code that is generic over the container.
///
/// A container lends every concrete type that it keeps, and the interfaces that it exports with
/// `#[container(provides = [IClock])]`. An `Arc` of the container lends the same.
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
    /// The instance, borrowed.
    fn get(&self) -> &T;
}

/// The method of [`Provides`].
#[doc(hidden)]
pub trait SharesKey<T: ?Sized> {
    /// The instance, shared.
    fn shared(&self) -> Arc<T>;
}

impl<C: ?Sized + LendsKey<T>, T: ?Sized> Lends<T> for C {}
impl<C: ?Sized + LendsKey<T> + SharesKey<T>, T: ?Sized> Provides<T> for C {}

#[diagnostic::do_not_recommend]
impl<C: Container + Keeps<T, Unqualified, Concrete>, T> LendsKey<T> for C {
    #[inline]
    fn get(&self) -> &T {
        self.stored().borrowed().into_borrowed()
    }
}

#[diagnostic::do_not_recommend]
impl<C: Container + Keeps<T, Unqualified, Concrete>, T> SharesKey<T> for C {
    #[inline]
    fn shared(&self) -> Arc<T> {
        self.stored().shared().into_shared()
    }
}

impl<C: LendsKey<T>, T: ?Sized> LendsKey<T> for Arc<C> {
    #[inline]
    fn get(&self) -> &T {
        (**self).get()
    }
}

impl<C: SharesKey<T>, T: ?Sized> SharesKey<T> for Arc<C> {
    #[inline]
    fn shared(&self) -> Arc<T> {
        (**self).shared()
    }
}
