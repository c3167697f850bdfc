//! Which keys a container answers, and with what.

use alloc::sync::Arc;

use crate::container::Container;
use crate::dependency::Again;
use crate::instance::{Instance, Way};
use crate::many::Many;
use crate::service::Interface;
use crate::state::{Ready, State};

/// The qualifier of a binding that has none.
#[derive(Debug, Clone, Copy)]
pub enum Unqualified {}

/// A container that answers the key `T`: an interface (`dyn I`) or a concrete type.
///
/// The container macro implements it for transients, and [`Lends`] for all that is kept, from which this one follows.
/// Services and callers only name it in bounds.
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
    #[doc(hidden)]
    const INDEX: usize;

    /// What a factory holds of it, to give it at each call.
    #[doc(hidden)]
    type Again: Again<Arc<T>>;

    /// The instance, shared; or a new one.
    #[doc(hidden)]
    fn take<S: State>(slots: &Self::Slots<S>) -> Arc<T>;

    /// What a factory holds of it.
    #[doc(hidden)]
    fn again<S: State>(slots: &Self::Slots<S>) -> Self::Again;
}

/// A container that keeps a service under its concrete type.
///
/// Its impls have concrete headers, which the compiler tells apart at a glance; one blanket impl turns them into
/// [`Lends`].
pub trait Keeps<T, Q = Unqualified>: Container {
    /// The node.
    #[doc(hidden)]
    const INDEX: usize;

    #[doc(hidden)]
    fn cell<S: State>(slots: &Self::Slots<S>) -> &S::Cell<Arc<T>>;
}

/// A container that has an instance of `T` to lend: all that it [`Provides`], but for transients.
///
/// The container macro implements it for every interface of what the container keeps, and [`Keeps`] for the concrete
/// types; the rest follows.
///
/// ```
/// use di_core::{Container, Lends, container, service};
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
    message = "[DI0001] `{Self}` keeps no instance of what is asked for here",
    label = "`{Self}` has nothing to lend under this key",
    note = "list a service that provides it as a field of `{Self}`, or supply it: `#[input] name: Arc<..>`",
    note = "if it is a transient, which is made anew each time, take it with `.shared()` instead of `.get()`",
    note = "see docs/diagnostics/DI0001.md"
)]
pub trait Lends<T: ?Sized, Q = Unqualified>: Container {
    /// The node that keeps it.
    #[doc(hidden)]
    const INDEX: usize;

    /// The instance.
    #[doc(hidden)]
    fn see<S: State>(slots: &Self::Slots<S>, way: Way) -> Instance<'_, T>;

    /// The instance of a complete container, borrowed.
    #[doc(hidden)]
    #[inline(always)]
    fn borrow(&self) -> &T {
        Self::see::<Ready>(self.slots(), Way::Lent).lent()
    }
}

/// What a cell keeps, seen as interface number `N` of it.
#[doc(hidden)]
#[inline(always)]
pub fn seen<T, N, C, S>(cell: &S::Cell<Arc<T>>, way: Way) -> Instance<'_, T::Object>
where
    T: Interface<N, C> + 'static,
    S: State,
{
    <T as Interface<N, C>>::view(way.of(S::read::<Arc<T>>(cell)))
}

#[diagnostic::do_not_recommend]
impl<C, T, Q> Lends<T, Q> for C
where
    C: Keeps<T, Q>,
{
    const INDEX: usize = <C as Keeps<T, Q>>::INDEX;

    #[inline(always)]
    fn see<S: State>(slots: &Self::Slots<S>, way: Way) -> Instance<'_, T> {
        way.of(S::read(<C as Keeps<T, Q>>::cell::<S>(slots)))
    }
}

#[diagnostic::do_not_recommend]
impl<C, T: ?Sized, Q> Provides<T, Q> for C
where
    C: Lends<T, Q>,
{
    const INDEX: usize = <C as Lends<T, Q>>::INDEX;

    type Again = Arc<T>;

    #[inline(always)]
    fn take<S: State>(slots: &Self::Slots<S>) -> Arc<T> {
        <C as Lends<T, Q>>::see::<S>(slots, Way::Shared).shared()
    }

    #[inline(always)]
    fn again<S: State>(slots: &Self::Slots<S>) -> Arc<T> {
        <C as Provides<T, Q>>::take::<S>(slots)
    }
}

/// A container that answers for `T`, if only with the word that there is none.
///
/// A container provides a key, or it says `#[absent(dyn I)]`; saying neither is an error.
pub trait ProvidesOptional<T: ?Sized, Q = Unqualified>: Container {
    /// The node that answers, or `None` where the container declares the absence.
    const INDEX: Option<usize>;

    #[doc(hidden)]
    fn take<S: State>(slots: &Self::Slots<S>) -> Option<Arc<T>>;

    /// What a factory holds of it, to give it at each call.
    #[doc(hidden)]
    type Again: Again<Option<Arc<T>>>;

    #[doc(hidden)]
    fn again<S: State>(slots: &Self::Slots<S>) -> Self::Again;
}

#[diagnostic::do_not_recommend]
impl<C, T: ?Sized, Q> ProvidesOptional<T, Q> for C
where
    C: Provides<T, Q>,
{
    const INDEX: Option<usize> = Some(<C as Provides<T, Q>>::INDEX);

    #[inline(always)]
    fn take<S: State>(slots: &Self::Slots<S>) -> Option<Arc<T>> {
        Some(<C as Provides<T, Q>>::take(slots))
    }

    type Again = Option<<C as Provides<T, Q>>::Again>;

    #[inline(always)]
    fn again<S: State>(slots: &Self::Slots<S>) -> Self::Again {
        Some(<C as Provides<T, Q>>::again::<S>(slots))
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
