//! What a service can ask for, and how a container finds it.

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
    message = "`{Self}` cannot be injected",
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
    /// Gives the value once or many times.
    type Source: Source<Self>;

    /// Finds it in a container, complete or not.
    fn source<S: State>(slots: &C::Slots<S>) -> Self::Source;
}

/// Gives a value once, or a new or shared one each time it is asked.
#[doc(hidden)]
pub trait Source<D>: Sized + Send + Sync + 'static {
    /// What can be lent without making anything.
    type Borrowed<'a>;

    /// The value, at the cost of no clone.
    fn once(self) -> D;

    /// The value, again and again.
    fn again(&self) -> D;
}

impl<T: ?Sized + Send + Sync + 'static> Source<Self> for Arc<T> {
    type Borrowed<'a> = &'a T;

    #[inline(always)]
    fn once(self) -> Self {
        self
    }

    #[inline(always)]
    fn again(&self) -> Self {
        Self::clone(self)
    }
}

impl<C, T: ?Sized> Dependency<C> for Arc<T>
where
    C: Provides<T>,
{
    type Source = <C as Provides<T>>::Source;

    #[inline(always)]
    fn source<S: State>(slots: &C::Slots<S>) -> Self::Source {
        <C as Provides<T>>::source(slots)
    }
}

impl<C, T: ?Sized> Dependency<C> for Option<Arc<T>>
where
    C: ProvidesOptional<T>,
{
    type Source = <C as ProvidesOptional<T>>::Source;

    #[inline(always)]
    fn source<S: State>(slots: &C::Slots<S>) -> Self::Source {
        <C as ProvidesOptional<T>>::optional(slots)
    }
}

/// What a module or scope inherits as an option.
impl<T: ?Sized + Send + Sync + 'static> Source<Self> for Option<Arc<T>> {
    type Borrowed<'a> = Option<&'a T>;

    #[inline(always)]
    fn once(self) -> Self {
        self
    }

    #[inline(always)]
    fn again(&self) -> Self {
        self.clone()
    }
}

impl<C, T: ?Sized + Send + Sync + 'static> Dependency<C> for Many<T>
where
    C: ProvidesMany<T>,
{
    type Source = Self;

    #[inline(always)]
    fn source<S: State>(slots: &C::Slots<S>) -> Self {
        Self::clone(<C as ProvidesMany<T>>::many(slots))
    }
}

impl<T: ?Sized + Send + Sync + 'static> Source<Self> for Many<T> {
    type Borrowed<'a> = &'a Self;

    #[inline(always)]
    fn once(self) -> Self {
        self
    }

    #[inline(always)]
    fn again(&self) -> Self {
        Self::clone(self)
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
    const fn new(value: D) -> Self {
        Self { value, qualifier: PhantomData }
    }
}

impl<Q, D: fmt::Debug> fmt::Debug for Qualified<Q, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Qualified").field(&self.value).finish()
    }
}

/// The source of a [`Qualified`] dependency.
#[doc(hidden)]
#[derive(Debug)]
pub struct QualifiedSource<S>(pub(crate) S);

impl<Q, D, S: Source<D>> Source<Qualified<Q, D>> for QualifiedSource<S> {
    type Borrowed<'a> = S::Borrowed<'a>;

    #[inline(always)]
    fn once(self) -> Qualified<Q, D> {
        Qualified::new(self.0.once())
    }

    #[inline(always)]
    fn again(&self) -> Qualified<Q, D> {
        Qualified::new(self.0.again())
    }
}

impl<C, T: ?Sized, Q> Dependency<C> for Qualified<Q, Arc<T>>
where
    C: Provides<T, Q>,
{
    type Source = QualifiedSource<<C as Provides<T, Q>>::Source>;

    #[inline(always)]
    fn source<S: State>(slots: &C::Slots<S>) -> Self::Source {
        QualifiedSource(<C as Provides<T, Q>>::source(slots))
    }
}

impl<C, T: ?Sized, Q> Dependency<C> for Qualified<Q, Option<Arc<T>>>
where
    C: ProvidesOptional<T, Q>,
{
    type Source = QualifiedSource<<C as ProvidesOptional<T, Q>>::Source>;

    #[inline(always)]
    fn source<S: State>(slots: &C::Slots<S>) -> Self::Source {
        QualifiedSource(<C as ProvidesOptional<T, Q>>::optional(slots))
    }
}

impl<C: Container> Dependency<C> for () {
    type Source = ();

    #[inline(always)]
    fn source<S: State>(_: &C::Slots<S>) {}
}

impl Source<()> for () {
    type Borrowed<'a> = ();

    #[inline(always)]
    fn once(self) {}

    #[inline(always)]
    fn again(&self) {}
}

/// Dependencies come in a list of pairs, `(first, (second, ()))`, which has no upper limit.
impl<C: Container, A, B> Dependency<C> for (A, B)
where
    A: Dependency<C>,
    B: Dependency<C>,
{
    type Source = (A::Source, B::Source);

    #[inline(always)]
    fn source<S: State>(slots: &C::Slots<S>) -> Self::Source {
        (A::source(slots), B::source(slots))
    }
}

impl<A, B, S: Source<A>, T: Source<B>> Source<(A, B)> for (S, T) {
    type Borrowed<'a> = ();

    #[inline(always)]
    fn once(self) -> (A, B) {
        (self.0.once(), self.1.once())
    }

    #[inline(always)]
    fn again(&self) -> (A, B) {
        (self.0.again(), self.1.again())
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
