//! Which keys a container answers, and with what.

use alloc::sync::Arc;
use core::marker::PhantomData;

use crate::container::Container;
use crate::dependency::{Again, Maker};
use crate::index::Index;
use crate::instance::{Instance, Way};
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
    /// Which node answers, and whether it keeps an instance: [`Kept`] or [`Fresh`].
    #[doc(hidden)]
    type At;

    /// The instance; of a transient a new one, whichever way it is asked for.
    #[doc(hidden)]
    fn see<S: State>(slots: &Self::Slots<S>, way: Way) -> Instance<'_, T>;

    /// The instance, shared; or a new one.
    #[doc(hidden)]
    #[inline(always)]
    fn take<S: State>(slots: &Self::Slots<S>) -> Arc<T> {
        Self::see::<S>(slots, Way::Shared).shared()
    }

    /// What makes a new one at each call, of a transient.
    #[doc(hidden)]
    fn maker<S: State>(slots: &Self::Slots<S>) -> Maker<T> {
        let _ = slots;
        unreachable!("what is kept is not made anew")
    }
}

/// The node `I` answers, with an instance that lives as long as the container.
#[doc(hidden)]
#[derive(Debug)]
pub struct Kept<I>(PhantomData<I>);

/// The node `I` answers, with a new instance each time.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fresh<I>(PhantomData<I>);

/// A node of a graph, as a type. A type costs the compiler nothing, where a constant is a body to check and to run.
#[doc(hidden)]
pub trait Place {
    /// Its index.
    const INDEX: usize;

    /// What a factory holds of it, to give it at each call.
    type Again<T: ?Sized>: Again<Arc<T>>;

    /// What a factory holds of the key `T`, which the container `C` answers at this place.
    fn again<C, T: ?Sized, Q, S: State>(slots: &C::Slots<S>) -> Self::Again<T>
    where
        C: Provides<T, Q>;
}

impl<I: Index> Place for Kept<I> {
    const INDEX: usize = I::INDEX;
    type Again<T: ?Sized> = Arc<T>;

    #[inline(always)]
    fn again<C, T: ?Sized, Q, S: State>(slots: &C::Slots<S>) -> Arc<T>
    where
        C: Provides<T, Q>,
    {
        <C as Provides<T, Q>>::take::<S>(slots)
    }
}

impl<I: Index> Place for Fresh<I> {
    const INDEX: usize = I::INDEX;
    type Again<T: ?Sized> = Maker<T>;

    fn again<C, T: ?Sized, Q, S: State>(slots: &C::Slots<S>) -> Maker<T>
    where
        C: Provides<T, Q>,
    {
        <C as Provides<T, Q>>::maker::<S>(slots)
    }
}

/// A place with an instance to lend.
#[diagnostic::on_unimplemented(
    message = "[DI0001] a transient is asked for by reference, but no instance of it lives in the container",
    label = "asks for a reference",
    note = "take a new one: `.shared()` instead of `.get()`",
    note = "see docs/diagnostics/DI0001.md"
)]
#[doc(hidden)]
pub trait Lasting {}

impl<I> Lasting for Kept<I> {}

/// A container that keeps a service under its concrete type.
///
/// Its impls have concrete headers, which the compiler tells apart at a glance; one blanket impl turns them into
/// [`Provides`].
pub trait Keeps<T, Q = Unqualified>: Container {
    /// The node.
    #[doc(hidden)]
    type Index: Index;

    #[doc(hidden)]
    fn cell<S: State>(slots: &Self::Slots<S>) -> &S::Cell<Arc<T>>;
}

#[diagnostic::do_not_recommend]
impl<C, T, Q> Provides<T, Q> for C
where
    C: Keeps<T, Q>,
{
    type At = Kept<<C as Keeps<T, Q>>::Index>;

    #[inline(always)]
    fn see<S: State>(slots: &Self::Slots<S>, way: Way) -> Instance<'_, T> {
        way.of(S::read(<C as Keeps<T, Q>>::cell::<S>(slots)))
    }
}

/// A container that has instances of `T` to lend: all that it [`Provides`], but for transients.
#[diagnostic::on_unimplemented(
    message = "[DI0001] nothing in `{Self}` provides what is asked for here",
    label = "`{Self}` does not answer this key",
    note = "list a service that provides it as a field of `{Self}`, or supply it: `#[input] name: Arc<..>`",
    note = "see docs/diagnostics/DI0001.md"
)]
pub trait Lends<T: ?Sized, Q = Unqualified>: Provides<T, Q> {
    #[doc(hidden)]
    fn borrow(&self) -> &T;
}

impl<C, T: ?Sized, Q> Lends<T, Q> for C
where
    C: Provides<T, Q>,
    C::At: Lasting,
{
    #[inline(always)]
    fn borrow(&self) -> &T {
        <C as Provides<T, Q>>::see::<Ready>(self.slots(), Way::Lent).lent()
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
    C::At: Place,
{
    const INDEX: Option<usize> = Some(<C::At as Place>::INDEX);

    #[inline(always)]
    fn take<S: State>(slots: &Self::Slots<S>) -> Option<Arc<T>> {
        Some(<C as Provides<T, Q>>::take(slots))
    }

    type Again = Option<<C::At as Place>::Again<T>>;

    #[inline(always)]
    fn again<S: State>(slots: &Self::Slots<S>) -> Self::Again {
        Some(<C::At as Place>::again::<C, T, Q, S>(slots))
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
