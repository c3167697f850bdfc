//! What a service can ask for, and how a container finds it.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use crate::container::Container;
use crate::many::Many;
use crate::provides::{Provides, ProvidesMany, ProvidesOptional};
use crate::state::State;

/// A type that can stand as a service's field or constructor argument.
///
/// | type | meaning |
/// | --- | --- |
/// | `Arc<dyn I>`, `Arc<T>` | one instance, by interface or by concrete type |
/// | `Option<Arc<dyn I>>` | the same, unless the container says that there is none |
/// | [`Many<dyn I>`](Many) | every member of a group |
/// | [`Lazy<dyn I>`](crate::Lazy) | the instance, once the container is complete |
/// | [`Factory<T, Args>`](crate::Factory) | a new instance per call |
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{Self}` cannot be injected",
    label = "neither `Arc<..>`, `Option<Arc<..>>`, `Many<..>`, `Lazy<..>` nor `Factory<..>`",
    note = "ask for `Arc<{Self}>`, or say where the value comes from: `#[inject(default)]`, `#[inject(key)]` or `#[arg]`",
    note = "see docs/diagnostics/DI0001.md"
)]
pub trait Injectable: Sized + 'static {}

impl<T: ?Sized + 'static> Injectable for Arc<T> {}
impl<T: ?Sized + 'static> Injectable for Option<Arc<T>> {}
impl<T: ?Sized + 'static> Injectable for Many<T> {}

/// A dependency that the container `C` can satisfy.
#[doc(hidden)]
pub trait Dependency<C: Container>: Sized {
    /// What a factory keeps of it, to hand it out at each call.
    type Again: Again<Self>;

    /// Finds it in a container, complete or not.
    fn take<S: State>(slots: &C::Slots<S>) -> Self;

    /// What gives it again and again, without the container.
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again;
}

/// Gives a dependency at each call: the same where it is shared, a new one where it is a transient.
#[doc(hidden)]
pub trait Again<D> {
    /// Gives it.
    fn give(&self) -> D;
}

/// What makes a new instance of a transient at each call.
#[doc(hidden)]
pub type Maker<T> = Box<dyn Fn() -> Arc<T> + Send + Sync>;

impl<T: ?Sized> Again<Arc<T>> for Maker<T> {
    #[inline]
    fn give(&self) -> Arc<T> {
        self()
    }
}

/// The instance that the container keeps.
impl<T: ?Sized> Again<Self> for Arc<T> {
    #[inline(always)]
    fn give(&self) -> Self {
        Self::clone(self)
    }
}

impl<C, T: ?Sized> Dependency<C> for Arc<T>
where
    C: Provides<T>,
{
    type Again = <C as Provides<T>>::Again;

    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        <C as Provides<T>>::take(slots)
    }

    #[inline(always)]
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        <C as Provides<T>>::again(slots)
    }
}

impl<T: ?Sized, A: Again<Arc<T>>> Again<Option<Arc<T>>> for Option<A> {
    #[inline]
    fn give(&self) -> Option<Arc<T>> {
        self.as_ref().map(Again::give)
    }
}

impl<C, T: ?Sized> Dependency<C> for Option<Arc<T>>
where
    C: ProvidesOptional<T>,
{
    type Again = <C as ProvidesOptional<T>>::Again;

    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        <C as ProvidesOptional<T>>::take(slots)
    }

    #[inline(always)]
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        <C as ProvidesOptional<T>>::again(slots)
    }
}

impl<T: ?Sized> Again<Self> for Many<T> {
    #[inline]
    fn give(&self) -> Self {
        Self::clone(self)
    }
}

impl<C, T: ?Sized> Dependency<C> for Many<T>
where
    C: ProvidesMany<T>,
{
    type Again = Self;

    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::clone(<C as ProvidesMany<T>>::many(slots))
    }

    #[inline(always)]
    fn again<S: State>(slots: &C::Slots<S>) -> Self {
        <Self as Dependency<C>>::take(slots)
    }
}

/// A dependency on the binding under the marker type `Q`: what `#[inject(qualified = Q)]` asks for.
#[doc(hidden)]
pub struct Qualified<Q, D> {
    /// The dependency itself.
    pub value: D,
    qualifier: PhantomData<fn() -> Q>,
}

impl<Q, D> Qualified<Q, D> {
    #[inline(always)]
    pub(crate) const fn new(value: D) -> Self {
        Self { value, qualifier: PhantomData }
    }
}

impl<Q, D: fmt::Debug> fmt::Debug for Qualified<Q, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Qualified").field(&self.value).finish()
    }
}

/// What gives a [`Qualified`] dependency at each call.
#[doc(hidden)]
#[derive(Debug)]
pub struct QualifiedAgain<A>(pub(crate) A);

impl<Q, D, A: Again<D>> Again<Qualified<Q, D>> for QualifiedAgain<A> {
    fn give(&self) -> Qualified<Q, D> {
        Qualified::new(self.0.give())
    }
}

impl<C, T: ?Sized, Q> Dependency<C> for Qualified<Q, Arc<T>>
where
    C: Provides<T, Q>,
{
    type Again = QualifiedAgain<<C as Provides<T, Q>>::Again>;

    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::new(<C as Provides<T, Q>>::take(slots))
    }

    #[inline(always)]
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        QualifiedAgain(<C as Provides<T, Q>>::again(slots))
    }
}

impl<C, T: ?Sized, Q> Dependency<C> for Qualified<Q, Option<Arc<T>>>
where
    C: ProvidesOptional<T, Q>,
{
    type Again = QualifiedAgain<<C as ProvidesOptional<T, Q>>::Again>;

    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::new(<C as ProvidesOptional<T, Q>>::take(slots))
    }

    #[inline(always)]
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        QualifiedAgain(<C as ProvidesOptional<T, Q>>::again(slots))
    }
}

impl Again<()> for () {
    fn give(&self) {}
}

impl<C: Container> Dependency<C> for () {
    type Again = ();

    #[inline(always)]
    fn take<S: State>(_: &C::Slots<S>) {}

    fn again<S: State>(_: &C::Slots<S>) {}
}

impl<A, B, S: Again<A>, T: Again<B>> Again<(A, B)> for (S, T) {
    #[inline(always)]
    fn give(&self) -> (A, B) {
        (self.0.give(), self.1.give())
    }
}

/// Dependencies come in a list of pairs, `(first, (second, ()))`, which has no upper limit.
impl<C: Container, A, B> Dependency<C> for (A, B)
where
    A: Dependency<C>,
    B: Dependency<C>,
{
    type Again = (A::Again, B::Again);

    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        (A::take(slots), B::take(slots))
    }

    #[inline(always)]
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        (A::again(slots), B::again(slots))
    }
}

/// The parts of a list of dependencies.
#[doc(hidden)]
pub trait List {
    /// The first.
    type Head;
    /// The others.
    type Tail;
}

impl<A, B> List for (A, B) {
    type Head = A;
    type Tail = B;
}
