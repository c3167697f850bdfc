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
pub trait Dependency<C: Container>: Repeats {
    /// Finds it in a container, complete or not.
    fn take<S: State>(slots: &C::Slots<S>) -> Self;

    /// What gives it again and again, without the container.
    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again;
}

/// A dependency that a factory gets once and hands out at each call.
#[doc(hidden)]
pub trait Repeats: Sized {
    /// What the factory keeps.
    type Again: Again<Self>;
}

/// Gives a dependency at each call: the same where it is shared, a new one where it is a transient.
#[doc(hidden)]
pub trait Again<D> {
    /// Gives it.
    fn get(&self) -> D;
}

/// What gives an `Arc` at each call.
#[doc(hidden)]
pub enum Repeat<T: ?Sized> {
    /// The instance that the container keeps.
    Kept(Arc<T>),
    /// A transient is made anew.
    New(Box<dyn Fn() -> Arc<T> + Send + Sync>),
}

impl<T: ?Sized> fmt::Debug for Repeat<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept(_) => "Kept",
            Self::New(_) => "New",
        })
    }
}

impl<T: ?Sized> Again<Arc<T>> for Repeat<T> {
    #[inline]
    fn get(&self) -> Arc<T> {
        match self {
            Self::Kept(instance) => Arc::clone(instance),
            Self::New(make) => make(),
        }
    }
}

impl<T: ?Sized> Repeats for Arc<T> {
    type Again = Repeat<T>;
}

impl<C, T: ?Sized> Dependency<C> for Arc<T>
where
    C: Provides<T>,
{
    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        <C as Provides<T>>::take(slots)
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Repeat<T> {
        <C as Provides<T>>::again(slots)
    }
}

impl<T: ?Sized> Repeats for Option<Arc<T>> {
    type Again = Option<Repeat<T>>;
}

impl<T: ?Sized> Again<Option<Arc<T>>> for Option<Repeat<T>> {
    fn get(&self) -> Option<Arc<T>> {
        self.as_ref().map(Again::get)
    }
}

impl<C, T: ?Sized> Dependency<C> for Option<Arc<T>>
where
    C: ProvidesOptional<T>,
{
    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        <C as ProvidesOptional<T>>::take(slots)
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Option<Repeat<T>> {
        <C as ProvidesOptional<T>>::again(slots)
    }
}

impl<T: ?Sized> Repeats for Many<T> {
    type Again = Self;
}

impl<T: ?Sized> Again<Self> for Many<T> {
    fn get(&self) -> Self {
        Self::clone(self)
    }
}

impl<C, T: ?Sized> Dependency<C> for Many<T>
where
    C: ProvidesMany<T>,
{
    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::clone(<C as ProvidesMany<T>>::many(slots))
    }

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
    fn get(&self) -> Qualified<Q, D> {
        Qualified::new(self.0.get())
    }
}

impl<Q, D: Repeats> Repeats for Qualified<Q, D> {
    type Again = QualifiedAgain<D::Again>;
}

impl<C, T: ?Sized, Q> Dependency<C> for Qualified<Q, Arc<T>>
where
    C: Provides<T, Q>,
{
    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::new(<C as Provides<T, Q>>::take(slots))
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        QualifiedAgain(<C as Provides<T, Q>>::again(slots))
    }
}

impl<C, T: ?Sized, Q> Dependency<C> for Qualified<Q, Option<Arc<T>>>
where
    C: ProvidesOptional<T, Q>,
{
    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::new(<C as ProvidesOptional<T, Q>>::take(slots))
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        QualifiedAgain(<C as ProvidesOptional<T, Q>>::again(slots))
    }
}

impl Repeats for () {
    type Again = ();
}

impl Again<()> for () {
    fn get(&self) {}
}

impl<C: Container> Dependency<C> for () {
    #[inline(always)]
    fn take<S: State>(_: &C::Slots<S>) {}

    fn again<S: State>(_: &C::Slots<S>) {}
}

/// Dependencies come in a list of pairs, `(first, (second, ()))`, which has no upper limit.
impl<A: Repeats, B: Repeats> Repeats for (A, B) {
    type Again = (A::Again, B::Again);
}

impl<A, B, S: Again<A>, T: Again<B>> Again<(A, B)> for (S, T) {
    #[inline]
    fn get(&self) -> (A, B) {
        (self.0.get(), self.1.get())
    }
}

impl<C: Container, A, B> Dependency<C> for (A, B)
where
    A: Dependency<C>,
    B: Dependency<C>,
{
    #[inline(always)]
    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        (A::take(slots), B::take(slots))
    }

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
