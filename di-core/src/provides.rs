//! Which keys a container answers, and with what.

use alloc::sync::Arc;

use crate::container::Container;
use crate::dependency::Source;
use crate::many::Many;
use crate::state::{Ready, State};

/// The qualifier of a binding that has none.
#[derive(Debug, Clone, Copy)]
pub enum Unqualified {}

/// A container that answers the key `T`: an interface (`dyn I`) or a concrete type.
///
/// The container macro implements it for every key; services and callers only name it in bounds.
///
/// ```
/// use std::sync::Arc;
/// use di_core::{Container, Provides, container, service};
///
/// #[service]
/// pub struct Clock;
///
/// #[container]
/// pub struct App {
///     clock: Clock,
/// }
///
/// fn clock_of<C: Provides<Clock>>(container: &C) -> Arc<Clock> {
///     container.shared()
/// }
///
/// let app = App::build(AppInputs {});
/// assert!(Arc::ptr_eq(&clock_of(&app), &app.shared()));
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0001] nothing in `{Self}` provides what is asked for here",
    label = "`{Self}` does not answer this key",
    note = "list a service that provides it as a field of `{Self}`, or supply it: `#[input] name: Arc<..>`",
    note = "see docs/diagnostics/DI0001.md"
)]
pub trait Provides<T: ?Sized, Q = Unqualified>: Container {
    /// The node that answers.
    const INDEX: usize;

    /// Gives the value once or many times: an `Arc` for what the container keeps, the parts for what is made anew.
    #[doc(hidden)]
    type Source: Source<Arc<T>>;

    #[doc(hidden)]
    fn source<S: State>(slots: &Self::Slots<S>) -> Self::Source;

    #[doc(hidden)]
    fn borrow(slots: &Self::Slots<Ready>) -> <Self::Source as Source<Arc<T>>>::Borrowed<'_>;
}

/// A container that keeps a service under its concrete type.
///
/// Its impls have concrete headers, which the compiler tells apart at a glance; one blanket impl turns them into
/// [`Provides`].
pub trait Keeps<T, Q = Unqualified>: Container {
    /// The node that answers.
    const INDEX: usize;

    #[doc(hidden)]
    fn cell<S: State>(slots: &Self::Slots<S>) -> &S::Cell<Arc<T>>
    where
        T: Send + Sync + 'static;
}

#[diagnostic::do_not_recommend]
impl<C, T, Q> Provides<T, Q> for C
where
    C: Keeps<T, Q>,
    T: Send + Sync + 'static,
{
    const INDEX: usize = <C as Keeps<T, Q>>::INDEX;
    type Source = Arc<T>;

    #[inline(always)]
    fn source<S: State>(slots: &Self::Slots<S>) -> Arc<T> {
        Arc::clone(S::read(<C as Keeps<T, Q>>::cell::<S>(slots)))
    }

    #[inline(always)]
    fn borrow(slots: &Self::Slots<Ready>) -> &T {
        <C as Keeps<T, Q>>::cell::<Ready>(slots)
    }
}

/// A container that has instances of `T` to lend: all that it [`Provides`], but for transients.
pub trait Lends<T: ?Sized, Q = Unqualified>: Provides<T, Q> {
    #[doc(hidden)]
    fn lend(&self) -> &T;
}

impl<C, T: ?Sized, Q> Lends<T, Q> for C
where
    C: Provides<T, Q>,
    C::Source: Kept<T>,
{
    #[inline(always)]
    fn lend(&self) -> &T {
        <C::Source as Kept<T>>::kept(<C as Provides<T, Q>>::borrow(self.slots()))
    }
}

/// The source of an instance that lives as long as the container.
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{T}` is a transient: no instance of it lives in the container that could be lent",
    label = "asks for a reference",
    note = "take a new one: `.shared()` instead of `.get()`",
    note = "see docs/diagnostics/DI0001.md"
)]
#[doc(hidden)]
pub trait Kept<T: ?Sized>: Source<Arc<T>> {
    fn kept<'a>(borrowed: Self::Borrowed<'a>) -> &'a T;
}

impl<T: ?Sized + Send + Sync + 'static> Kept<T> for Arc<T> {
    #[inline(always)]
    fn kept<'a>(borrowed: <Self as Source<Self>>::Borrowed<'a>) -> &'a T {
        borrowed
    }
}

/// A container that answers for `T`, if only with the word that there is none.
///
/// A container provides a key, or it says `#[absent(dyn I)]`; saying neither is an error.
pub trait ProvidesOptional<T: ?Sized, Q = Unqualified>: Container {
    /// The node that answers, or `None` where the container declares the absence.
    const INDEX: Option<usize>;

    #[doc(hidden)]
    type Source: Source<Option<Arc<T>>>;

    #[doc(hidden)]
    fn optional<S: State>(slots: &Self::Slots<S>) -> Self::Source;
}

#[diagnostic::do_not_recommend]
impl<C, T: ?Sized, Q> ProvidesOptional<T, Q> for C
where
    C: Provides<T, Q>,
{
    const INDEX: Option<usize> = Some(<C as Provides<T, Q>>::INDEX);
    type Source = Present<C::Source>;

    #[inline(always)]
    fn optional<S: State>(slots: &Self::Slots<S>) -> Self::Source {
        Present(<C as Provides<T, Q>>::source(slots))
    }
}

/// The source of an optional dependency that is there.
#[doc(hidden)]
#[derive(Debug)]
pub struct Present<S>(S);

impl<T: ?Sized, S: Source<Arc<T>>> Source<Option<Arc<T>>> for Present<S> {
    type Borrowed<'a> = S::Borrowed<'a>;

    #[inline(always)]
    fn once(self) -> Option<Arc<T>> {
        Some(self.0.once())
    }

    #[inline(always)]
    fn again(&self) -> Option<Arc<T>> {
        Some(self.0.again())
    }
}

/// The source of an optional dependency that the container declares absent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Absent;

impl<T: ?Sized> Source<Option<Arc<T>>> for Absent {
    type Borrowed<'a> = ();

    #[inline(always)]
    fn once(self) -> Option<Arc<T>> {
        None
    }

    #[inline(always)]
    fn again(&self) -> Option<Arc<T>> {
        None
    }
}

/// A container with a group of `T`: see [`Many`].
#[diagnostic::on_unimplemented(
    message = "[DI0009] `{Self}` has no group of this interface",
    label = "`{Self}` has no member of this group",
    note = "add a member: `#[many(dyn ..)] name: Service`, or say that there is none: `#[empty(dyn ..)]`",
    note = "see docs/diagnostics/DI0009.md"
)]
pub trait ProvidesMany<T: ?Sized>: Container {
    /// The node of the group.
    const INDEX: usize;

    #[doc(hidden)]
    fn many<S: State>(slots: &Self::Slots<S>) -> &Many<T>;
}

/// A container that makes a `T` on demand: it has a transient or a scope of that type.
#[doc(hidden)]
pub trait Makes<T>: Container {
    const INDEX: usize;
}
