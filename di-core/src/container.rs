//! What every container is: fields in a state, a graph, and ways to build, ask and close it.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use crate::build::{Build, Round};
use crate::deferral::Defers;
use crate::error::BuildError;
use crate::graph::Graph;
use crate::many::Many;
use crate::mode::BuildFuture;
use crate::provides::{Lends, Provides, ProvidesMany};
use crate::service::{Filled, Held};
use crate::state::{Filling, Ready, State};

/// A struct annotated with [`#[container]`](macro@crate::container).
///
/// The macro implements it. Users name it in bounds, and to reach a container's graph from generic code.
///
/// ```
/// use di_core::{Container, container, service};
///
/// #[service]
/// pub struct Clock;
///
/// #[container]
/// pub struct App {
///     clock: Clock,
/// }
///
/// fn names<C: Container>() -> Vec<&'static str> {
///     C::GRAPH.nodes.iter().map(|node| node.service).collect()
/// }
///
/// assert_eq!(names::<App>(), ["Clock"]);
/// ```
pub trait Container: Sized + 'static {
    /// The fields, in a state.
    #[doc(hidden)]
    type Slots<S: State>;

    /// What the caller supplies: an ordinary struct with a field per `#[input]`.
    type Inputs;

    /// What exists in this container and what needs what.
    const GRAPH: Graph;

    /// Whether some of its dependencies are deferred.
    #[doc(hidden)]
    type Deferring: Defers;

    #[doc(hidden)]
    fn slots(&self) -> &Self::Slots<Ready>;

    #[doc(hidden)]
    fn deferred<S: State>(slots: &Self::Slots<S>) -> &S::Deferred<Self>;

    /// The instance that answers `T`, borrowed: a field load.
    ///
    /// Containers have it as an inherent method, too; this one is for code that is generic over the container.
    #[inline(always)]
    fn get<T: ?Sized>(&self) -> &T
    where
        Self: Lends<T>,
    {
        <Self as Lends<T>>::borrow(self)
    }

    /// What answers `T`, shared: an `Arc::clone`, or a new instance of a transient.
    #[inline(always)]
    fn shared<T: ?Sized>(&self) -> Arc<T>
    where
        Self: Provides<T>,
    {
        <Self as Provides<T>>::take(self.slots())
    }

    /// Every member of the group `T`.
    #[inline(always)]
    fn many<T: ?Sized>(&self) -> &Many<T>
    where
        Self: ProvidesMany<T>,
    {
        <Self as ProvidesMany<T>>::many(self.slots())
    }

    /// The bindings under the marker type `Q`.
    #[inline(always)]
    fn qualified<Q>(&self) -> Under<'_, Self, Q> {
        Under { container: self, qualifier: PhantomData }
    }
}

/// A container's bindings under one qualifier: what `app.qualified::<Q>()` gives.
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
pub struct Under<'a, C, Q> {
    container: &'a C,
    qualifier: PhantomData<fn() -> Q>,
}

impl<'a, C: Container, Q> Under<'a, C, Q> {
    /// The instance that answers `T` under the qualifier, borrowed.
    #[inline(always)]
    pub fn get<T: ?Sized>(&self) -> &'a T
    where
        C: Lends<T, Q>,
    {
        <C as Lends<T, Q>>::borrow(self.container)
    }

    /// What answers `T` under the qualifier, shared.
    #[inline(always)]
    pub fn shared<T: ?Sized>(&self) -> Arc<T>
    where
        C: Provides<T, Q>,
    {
        <C as Provides<T, Q>>::take(self.container.slots())
    }
}

impl<C: Container, Q> fmt::Debug for Under<'_, C, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Under<{}, {}>", C::GRAPH.container, core::any::type_name::<Q>())
    }
}

/// How a container is put together, node by node: written by the container macro, driven by [`build`](crate::build).
#[doc(hidden)]
pub trait Assemble: Container {
    /// What comes from the container around it.
    type Inherited;

    /// The state in which it is built; it follows from whether some constructor is async.
    type Building: Filling;

    /// Whether some nodes need each other: then it does not compile, and every cycle is named.
    const CYCLIC: bool;

    /// Puts the inputs and what is inherited in their places.
    fn begin(inherited: Self::Inherited, inputs: Self::Inputs) -> Self::Slots<Self::Building>;

    /// Goes once through the nodes in build order: [`place`](crate::build::place) for each, one after the other and
    /// without a loop, so that a build in which all are begun in turn has the instructions of hand-written wiring.
    ///
    /// # Errors
    ///
    /// That of the constructor which `round` began last.
    fn fill<R: Round<Self>>(slots: &mut Self::Slots<Self::Building>, round: &mut R) -> Filled;

    /// Lets `visitor` see the cell of one node.
    fn visit<V: Visit<Self::Building>>(slots: &mut Self::Slots<Self::Building>, node: usize, visitor: V) -> V::Output;

    /// Takes the values out of their cells, and what waits for them.
    fn finish(slots: Self::Slots<Self::Building>) -> (Self, <Self::Deferring as Defers>::List<Self>);

    /// The build with async constructors, where the compiler can see that it may move between threads.
    fn concurrently(build: Build<Self>) -> BuildFuture<Result<Self, BuildError>>;

    /// What a complete container holds for a node; nothing for what is not stored.
    fn held(slots: &Self::Slots<Ready>, node: usize) -> Option<&dyn Held>;
}

/// Sees one cell of a container that is being built.
#[doc(hidden)]
pub trait Visit<F: Filling> {
    /// What it makes of it.
    type Output;

    /// Sees the cell.
    fn cell<T>(self, cell: &mut F::Cell<T>) -> Self::Output;

    /// The node stores nothing.
    fn nothing(self) -> Self::Output;
}
