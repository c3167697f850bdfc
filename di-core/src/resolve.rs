//! Resolution: `get`, `shared`, `many` and `qualified`.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use crate::container::{Concrete, Container, Interface, Keeps, KeptIn, MadeIn, Makes, ProvidedBy};
use crate::dependency::many::Many;
use crate::export::{Asked, ExportedBy};

pub use crate::container::{ProvidesMany, Unqualified};

/// Asks a container for what it has: `app.get::<dyn IClock>()`.
///
/// `#[container]` brings the trait into scope in the module where the container stands; elsewhere, write
/// `use di_core::prelude::*`. The compiler infers `By`, which says which of the container's services answers. Code that is
/// generic over the container has no `By` to name: it uses [`Lends`](crate::Lends) and [`Provides`](crate::Provides).
///
/// ```
/// use std::sync::Arc;
/// use di_core::{container, interface, service};
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
/// #[container]
/// pub struct App {
///     clock: Clock,
/// }
///
/// let app = App::build(AppInputs {});
/// let clock: &dyn IClock = app.get();
/// let same: Arc<Clock> = app.shared();
/// assert_eq!(clock.now_ms(), same.now_ms());
/// ```
pub trait Resolve<'a, By>: Sized {
    /// The container.
    #[doc(hidden)]
    type Container: 'a;

    /// The qualifier under which it is asked.
    #[doc(hidden)]
    type Qualifier;

    /// The instance that answers `T`, borrowed. It is the load of a field.
    #[must_use]
    fn get<T: ?Sized + ResolvedIn<Self::Container, By, Self::Qualifier>>(self) -> &'a T;

    /// The instance that answers `T`, shared: an `Arc::clone`, or a new instance if it is a transient.
    #[must_use]
    fn shared<T: ?Sized + SharedIn<Self::Container, By, Self::Qualifier>>(self) -> Arc<T>;
}

impl<'a, C: Container, By> Resolve<'a, By> for &'a C {
    type Container = C;
    type Qualifier = Unqualified;

    #[inline]
    fn get<T: ?Sized + ResolvedIn<C, By, Unqualified>>(self) -> &'a T {
        T::get(self)
    }

    #[inline]
    fn shared<T: ?Sized + SharedIn<C, By, Unqualified>>(self) -> Arc<T> {
        T::shared(self)
    }
}

/// A container's groups and qualified bindings.
///
/// `#[container]` brings the trait into scope in the module where the container stands; elsewhere, write
/// `use di_core::prelude::*`.
pub trait ResolveMore: Container {
    /// Every member of the group `T`.
    #[inline]
    #[must_use]
    fn many<T: ?Sized + GroupIn<Self>>(&self) -> &Many<T> {
        T::group(self)
    }

    /// The bindings under the marker type `Q`.
    #[inline]
    #[must_use]
    fn qualified<Q>(&self) -> QualifiedView<'_, Self, Q> {
        QualifiedView { container: self, qualifier: PhantomData }
    }
}

impl<C: Container> ResolveMore for C {}

/// The container `C` has a group of `Self`.
#[diagnostic::on_unimplemented(
    message = "[DI0009] `{C}` has no group of `{Self}`",
    label = "`{C}` has no member of this group",
    note = "add a member: `#[many(dyn ..)] name: Service`, or say that there is none: `#[empty(dyn ..)]`",
    note = "see `di_core::diagnostics::DI0009`"
)]
#[doc(hidden)]
pub trait GroupIn<C> {
    /// The group.
    fn group(container: &C) -> &Many<Self>;
}

#[diagnostic::do_not_recommend]
impl<C: ProvidesMany<T>, T: ?Sized> GroupIn<C> for T {
    #[inline]
    fn group(container: &C) -> &Many<T> {
        container.group()
    }
}

/// The bindings of a container under one qualifier, as `app.qualified::<Q>()` returns them.
///
/// ```
/// use di_core::{container, service};
///
/// pub struct Backup;
///
/// #[service]
/// pub struct Store {
///     #[inject(default)]
///     writes: u32,
/// }
///
/// #[container]
/// pub struct App {
///     store: Store,
///     #[qualified(Backup)]
///     backup: Store,
/// }
///
/// let app = App::build(AppInputs {});
/// let store: &Store = app.get();
/// let backup: &Store = app.qualified::<Backup>().get();
/// assert!(!std::ptr::eq(store, backup));
/// ```
pub struct QualifiedView<'a, C, Q> {
    container: &'a C,
    qualifier: PhantomData<fn() -> Q>,
}

impl<'a, C: Container, Q, By> Resolve<'a, By> for QualifiedView<'a, C, Q> {
    type Container = C;
    type Qualifier = Q;

    #[inline]
    fn get<T: ?Sized + ResolvedIn<C, By, Q>>(self) -> &'a T {
        T::get(self.container)
    }

    #[inline]
    fn shared<T: ?Sized + SharedIn<C, By, Q>>(self) -> Arc<T> {
        T::shared(self.container)
    }
}

impl<C, Q> Clone for QualifiedView<'_, C, Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, Q> Copy for QualifiedView<'_, C, Q> {}

impl<C: Container, Q> fmt::Debug for QualifiedView<'_, C, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QualifiedView<{}, {}>", C::GRAPH.container, core::any::type_name::<Q>())
    }
}

/// The service `S` answers, kept, under one of its interfaces.
#[doc(hidden)]
#[derive(Debug)]
pub struct Kept<S: ?Sized>(PhantomData<S>);

/// What answers is kept under the key itself.
#[doc(hidden)]
#[derive(Debug)]
pub enum Itself {}

/// The module `M` answers with what it exports.
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported<M>(PhantomData<M>);

/// The transient `S` answers under one of its interfaces.
#[doc(hidden)]
#[derive(Debug)]
pub struct Made<S: ?Sized>(PhantomData<S>);

/// A transient answers under its own type.
#[doc(hidden)]
#[derive(Debug)]
pub enum NewItself {}

/// The container `C` keeps what answers the key `Self`.
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{C}` keeps no instance of `{Self}`",
    label = "asked for here",
    note = "list a service that provides it as a field of `{C}`, or supply it: `#[input] name: Arc<..>`",
    note = "if it is a transient, which is made anew each time, take it with `.shared()` instead of `.get()`",
    note = "see `di_core::diagnostics::DI0001`"
)]
#[doc(hidden)]
pub trait ResolvedIn<C, By, Q = Unqualified> {
    /// The instance, borrowed.
    fn get(container: &C) -> &Self;

    /// The instance, shared.
    fn kept(container: &C) -> Arc<Self>;
}

#[diagnostic::do_not_recommend]
impl<T, C, S, Q> ResolvedIn<C, Kept<S>, Q> for T
where
    T: ?Sized + ProvidedBy<S, KeptIn<C, Q>>,
    C: Keeps<S, Q, Interface>,
    S: ?Sized + 'static,
{
    #[inline]
    fn get(container: &C) -> &T {
        T::view(container.stored().borrowed()).into_borrowed()
    }

    #[inline]
    fn kept(container: &C) -> Arc<T> {
        T::view(container.stored().shared()).into_shared()
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, Q> ResolvedIn<C, Itself, Q> for T
where
    T: ?Sized,
    C: Keeps<T, Q, Concrete>,
{
    #[inline]
    fn get(container: &C) -> &T {
        container.stored().borrowed().into_borrowed()
    }

    #[inline]
    fn kept(container: &C) -> Arc<T> {
        container.stored().shared().into_shared()
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, M, Q> ResolvedIn<C, Exported<M>, Q> for T
where
    T: ?Sized + ExportedBy<M, KeptIn<C, Q>>,
    C: Keeps<M, Q, Interface>,
    M: 'static,
{
    #[inline]
    fn get(container: &C) -> &T {
        T::view(Asked::Borrowed(container.stored().reference())).into_borrowed()
    }

    #[inline]
    fn kept(container: &C) -> Arc<T> {
        T::view(Asked::Shared(container.stored().reference())).into_shared()
    }
}

/// The container `C` has, or makes, what answers the key `Self`.
#[diagnostic::on_unimplemented(
    message = "[DI0001] nothing in `{C}` provides `{Self}`",
    label = "asked for here",
    note = "list a service that provides it as a field of `{C}`, or supply it: `#[input] name: Arc<..>`",
    note = "see `di_core::diagnostics::DI0001`"
)]
#[doc(hidden)]
pub trait SharedIn<C, By, Q = Unqualified> {
    /// The instance.
    fn shared(container: &C) -> Arc<Self>;
}

#[diagnostic::do_not_recommend]
impl<T, C, S, Q> SharedIn<C, Kept<S>, Q> for T
where
    T: ?Sized + ProvidedBy<S, KeptIn<C, Q>>,
    C: Keeps<S, Q, Interface>,
    S: ?Sized + 'static,
{
    #[inline]
    fn shared(container: &C) -> Arc<T> {
        <T as ResolvedIn<C, Kept<S>, Q>>::kept(container)
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, Q> SharedIn<C, Itself, Q> for T
where
    T: ?Sized,
    C: Keeps<T, Q, Concrete>,
{
    #[inline]
    fn shared(container: &C) -> Arc<T> {
        <T as ResolvedIn<C, Itself, Q>>::kept(container)
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, M, Q> SharedIn<C, Exported<M>, Q> for T
where
    T: ?Sized + ExportedBy<M, KeptIn<C, Q>>,
    C: Keeps<M, Q, Interface>,
    M: 'static,
{
    #[inline]
    fn shared(container: &C) -> Arc<T> {
        <T as ResolvedIn<C, Exported<M>, Q>>::kept(container)
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, S, Q> SharedIn<C, Made<S>, Q> for T
where
    T: ?Sized + ProvidedBy<S, MadeIn<C, Q>>,
    C: Makes<S, Q, Interface>,
    S: ?Sized + 'static,
{
    #[inline]
    fn shared(container: &C) -> Arc<T> {
        T::view(crate::container::Resolved::Shared(container.make())).into_shared()
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, Q> SharedIn<C, NewItself, Q> for T
where
    T: ?Sized,
    C: Makes<T, Q, Concrete>,
{
    #[inline]
    fn shared(container: &C) -> Arc<T> {
        container.make()
    }
}
