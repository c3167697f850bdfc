//! Edges that only the types decide: a renamed import, an alias, an associated type, two interfaces of one name.
//!
//! Each candidate makes an [`Offer`]; whether it fits is decided by the search for the method `offer`, which takes the one of
//! [`Fits`] where its bounds hold, and else that of [`Misses`]. The offers are folded to one answer, as a type: nobody, the
//! one that was chosen, or several. What each answer means to the user is said by the macro, which knows the names.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use crate::answer::{Chosen, InScope, Nobody, NotExported, Reported, Several};
use crate::construct::{Construct, ConstructAsync, TryConstruct, TryConstructAsync};
use crate::container::{Assemble, ProvidedBy, Resolved, Stored, Wiring};
use crate::dependency::injectable::Injectable;
use crate::export::{Asked, ExportedBy};
use crate::resolve::SharedIn;

/// Marks types, and holds nothing of them.
type Marker<T> = PhantomData<fn() -> T>;

/// The type of one dependency, as a value.
pub struct Dependency<D>(PhantomData<fn() -> D>);

impl<D> Dependency<D> {
    /// The one of a service, which inference finds.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<D> Default for Dependency<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D> Clone for Dependency<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Dependency<D> {}

impl<D> fmt::Debug for Dependency<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dependency")
    }
}

/// The dependencies of a service.
pub const fn dependencies<S: Construct<D>, D>() -> PhantomData<fn() -> D> {
    PhantomData
}

/// The dependencies of a service whose constructor may fail.
pub const fn try_dependencies<S: TryConstruct<D>, D>() -> PhantomData<fn() -> D> {
    PhantomData
}

/// The dependencies of a service whose constructor is async.
pub const fn async_dependencies<S: ConstructAsync<D>, D>() -> PhantomData<fn() -> D> {
    PhantomData
}

/// The dependencies of a service whose constructor is async and may fail.
pub const fn try_async_dependencies<S: TryConstructAsync<D>, D>() -> PhantomData<fn() -> D> {
    PhantomData
}

/// What a module or a scope inherits.
pub const fn assemble_dependencies<S: Assemble<D>, D>() -> PhantomData<fn() -> D> {
    PhantomData
}

/// A node that may answer a dependency: the number `NODE`, built before (or `LATE`), with an instance of `S`, which is
/// registered as the view `V` says.
pub struct Offer<'a, D, S: ?Sized, V, const NODE: usize, const LATE: bool> {
    instance: Instance<'a, S>,
    dependency: PhantomData<fn() -> (D, V)>,
}

/// What is offered.
enum Instance<'a, S: ?Sized> {
    /// Nothing, it is only examined.
    None,
    Kept(Stored<'a, S>),
    /// Of a transient, what makes one.
    New(&'a dyn Fn() -> Arc<S>),
}

impl<'a, S: ?Sized> Instance<'a, S> {
    fn shared(&self) -> Option<Resolved<'a, S>> {
        match self {
            Self::None => None,
            Self::Kept(stored) => Some(stored.shared()),
            Self::New(make) => Some(Resolved::Shared(make())),
        }
    }
}

impl<'a, D, S: ?Sized, V, const NODE: usize, const LATE: bool> Offer<'a, D, S, V, NODE, LATE> {
    /// An offer that is only examined.
    pub const fn examined(_: Dependency<D>) -> Self {
        Self { instance: Instance::None, dependency: PhantomData }
    }

    /// An offer that is taken, if it is the one that fits.
    pub const fn of(_: Dependency<D>, instance: Stored<'a, S>) -> Self {
        Self { instance: Instance::Kept(instance), dependency: PhantomData }
    }

    /// An offer of a transient, which is made if it is the one that fits.
    pub const fn new(_: Dependency<D>, make: &'a dyn Fn() -> Arc<S>) -> Self {
        Self { instance: Instance::New(make), dependency: PhantomData }
    }
}

impl<D, S: ?Sized, V, const NODE: usize, const LATE: bool> fmt::Debug for Offer<'_, D, S, V, NODE, LATE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Offer({NODE})")
    }
}

/// The offer fits.
pub trait Fits {
    /// The answer.
    type Chosen;

    /// What is offered.
    fn offer(&self) -> Self::Chosen;
}

impl<'a, T, S, V, const NODE: usize, const LATE: bool> Fits for Offer<'a, Arc<T>, S, V, NODE, LATE>
where
    T: ?Sized + ProvidedBy<S, V>,
    S: ?Sized,
{
    type Chosen = Chosen<Arc<T>, NODE, LATE>;

    fn offer(&self) -> Self::Chosen {
        Chosen(self.instance.shared().map(|instance| T::view(instance).into_shared()))
    }
}

impl<'a, T, S, V, const NODE: usize, const LATE: bool> Fits for Offer<'a, Option<Arc<T>>, S, V, NODE, LATE>
where
    T: ?Sized + ProvidedBy<S, V>,
    S: ?Sized,
{
    type Chosen = Chosen<Option<Arc<T>>, NODE, LATE>;

    fn offer(&self) -> Self::Chosen {
        Chosen(self.instance.shared().map(|instance| Some(T::view(instance).into_shared())))
    }
}

/// The offer does not fit.
pub trait Misses {
    /// What is offered: nothing.
    fn offer(&self) -> Nobody {
        Nobody
    }
}

impl<D, S: ?Sized, V, const NODE: usize, const LATE: bool> Misses for &Offer<'_, D, S, V, NODE, LATE> {}

/// A module, as the node `NODE`, which may answer with what it exports.
pub struct Exported<'a, D, M, const NODE: usize, const LATE: bool> {
    module: Option<Stored<'a, M>>,
    dependency: Marker<D>,
}

impl<'a, D, M, const NODE: usize, const LATE: bool> Exported<'a, D, M, NODE, LATE> {
    /// An offer that is only examined.
    pub const fn examined(_: Dependency<D>) -> Self {
        Self { module: None, dependency: PhantomData }
    }

    /// An offer that is taken, if it is the one that fits.
    pub const fn of(_: Dependency<D>, module: Stored<'a, M>) -> Self {
        Self { module: Some(module), dependency: PhantomData }
    }

    fn view<T: ?Sized + ExportedBy<M, Wiring>>(&self) -> Option<Arc<T>> {
        self.module.map(|module| T::view(Asked::Shared(module.reference())).into_shared())
    }
}

impl<D, M, const NODE: usize, const LATE: bool> fmt::Debug for Exported<'_, D, M, NODE, LATE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exported({NODE})")
    }
}

impl<'a, T, M, const NODE: usize, const LATE: bool> Fits for Exported<'a, Arc<T>, M, NODE, LATE>
where
    T: ?Sized + ExportedBy<M, Wiring>,
{
    type Chosen = Chosen<Arc<T>, NODE, LATE>;

    fn offer(&self) -> Self::Chosen {
        Chosen(self.view())
    }
}

impl<'a, T, M, const NODE: usize, const LATE: bool> Fits for Exported<'a, Option<Arc<T>>, M, NODE, LATE>
where
    T: ?Sized + ExportedBy<M, Wiring>,
{
    type Chosen = Chosen<Option<Arc<T>>, NODE, LATE>;

    fn offer(&self) -> Self::Chosen {
        Chosen(self.view().map(Some))
    }
}

impl<D, M, const NODE: usize, const LATE: bool> Misses for &Exported<'_, D, M, NODE, LATE> {}

/// What the caller supplies, as the node `NODE`, offered as it is: it may be an `Arc` under an alias.
pub struct Given<'a, D, S, const NODE: usize, const LATE: bool> {
    instance: Option<Stored<'a, S>>,
    dependency: Marker<D>,
}

impl<'a, D, S, const NODE: usize, const LATE: bool> Given<'a, D, S, NODE, LATE> {
    /// An offer that is only examined.
    pub const fn examined(_: Dependency<D>) -> Self {
        Self { instance: None, dependency: PhantomData }
    }

    /// An offer that is taken, if it is the one that fits.
    pub const fn of(_: Dependency<D>, instance: Stored<'a, S>) -> Self {
        Self { instance: Some(instance), dependency: PhantomData }
    }
}

impl<D, S, const NODE: usize, const LATE: bool> fmt::Debug for Given<'_, D, S, NODE, LATE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given({NODE})")
    }
}

impl<'a, S: Injectable + Clone, const NODE: usize, const LATE: bool> Fits for Given<'a, S, S, NODE, LATE> {
    type Chosen = Chosen<S, NODE, LATE>;

    fn offer(&self) -> Self::Chosen {
        Chosen(self.instance.map(|instance| match instance {
            Stored::Shared(given) => S::clone(given),
            Stored::Inline(given) => given.clone(),
        }))
    }
}

impl<D, S, const NODE: usize, const LATE: bool> Misses for &Given<'_, D, S, NODE, LATE> {}

/// A scope or a module `C`, inside of which something may answer; `M` says which of the two.
pub struct Inside<D, C, M>(Marker<(D, C, M)>);

impl<D, C, M> Inside<D, C, M> {
    /// The container as a place to look into.
    pub const fn of(_: Dependency<D>) -> Self {
        Self(PhantomData)
    }
}

impl<D, C, M> fmt::Debug for Inside<D, C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inside")
    }
}

/// Something inside answers.
pub trait FitsInside<By> {
    /// Where.
    type Place;

    /// Where.
    fn offer(&self) -> Self::Place;
}

impl<T: ?Sized + SharedIn<C, By>, C, M: Default, By> FitsInside<By> for Inside<Arc<T>, C, M> {
    type Place = M;

    fn offer(&self) -> M {
        M::default()
    }
}

/// Nothing inside answers.
pub trait MissesInside {
    /// Where: nowhere.
    fn offer(&self) -> Nobody {
        Nobody
    }
}

impl<D, C, M> MissesInside for &Inside<D, C, M> {}

/// What cannot be injected at all is reported where it is asked for.
pub struct Injected<D>(PhantomData<fn() -> D>);

impl<D> Injected<D> {
    /// The question whether it can.
    pub const fn of(_: Dependency<D>) -> Self {
        Self(PhantomData)
    }
}

impl<D> fmt::Debug for Injected<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Injected")
    }
}

impl<D: Injectable> FitsInside<()> for Injected<D> {
    type Place = Nobody;

    fn offer(&self) -> Nobody {
        Nobody
    }
}

/// It cannot be injected.
pub trait CannotBeInjected {
    /// What is said of it was said.
    fn offer(&self) -> Reported {
        Reported
    }
}

impl<D> CannotBeInjected for &Injected<D> {}

/// An answer, and the offer of the next candidate.
pub trait Then<P> {
    /// The answer of both.
    type Answer;

    /// The answer of both.
    fn then(self, next: P) -> Self::Answer;
}

impl<P> Then<P> for Nobody {
    type Answer = P;

    fn then(self, next: P) -> P {
        next
    }
}

impl<D, const NODE: usize, const LATE: bool> Then<Nobody> for Chosen<D, NODE, LATE> {
    type Answer = Self;

    fn then(self, _: Nobody) -> Self {
        self
    }
}

impl<D, const NODE: usize, const LATE: bool, const OTHER: usize, const OTHER_LATE: bool>
    Then<Chosen<D, OTHER, OTHER_LATE>> for Chosen<D, NODE, LATE>
{
    type Answer = Several;

    fn then(self, _: Chosen<D, OTHER, OTHER_LATE>) -> Several {
        Several
    }
}

impl<P> Then<P> for Several {
    type Answer = Self;

    fn then(self, _: P) -> Self {
        self
    }
}

/// An answer, and a place to look into if it is nobody.
pub trait Within<P> {
    /// The answer of both.
    type Answer;

    /// The answer of both.
    fn within(self, place: P) -> Self::Answer;
}

impl<P> Within<P> for Nobody {
    type Answer = P;

    fn within(self, place: P) -> P {
        place
    }
}

impl<P, D, const NODE: usize, const LATE: bool> Within<P> for Chosen<D, NODE, LATE> {
    type Answer = Self;

    fn within(self, _: P) -> Self {
        self
    }
}

macro_rules! stays {
    ($($answer:ty),*) => {
        $(
            impl<P> Within<P> for $answer {
                type Answer = Self;

                fn within(self, _: P) -> Self {
                    self
                }
            }
        )*
    };
}

stays!(Several, InScope, NotExported, Reported);

/// An answer as the number of its node.
pub trait Answered {
    /// The number; of what does not compile, one that no graph has.
    const NODE: usize = usize::MAX;

    /// Whether a reference to what is given has more to it than its place.
    const IS_WIDE: bool = false;
}

impl<D, const NODE: usize, const LATE: bool> Answered for Chosen<D, NODE, LATE> {
    const NODE: usize = NODE;
    const IS_WIDE: bool = size_of::<D>() > size_of::<usize>();
}

/// The node of an edge, and whether it is asked for by an interface: whether its key is a `dyn`, under whatever name.
///
/// Services have a size, so that what is wider than a pointer is one seen through an interface; but for `values`, the nodes
/// that are supplied and may be slices.
pub const fn node<A: Answered>(_: fn() -> A, values: &[usize]) -> (usize, bool) {
    let mut next = 0;
    while next < values.len() {
        if values[next] == A::NODE {
            return (A::NODE, false);
        }
        next += 1;
    }
    (A::NODE, A::IS_WIDE)
}

/// An answer as what is given.
pub trait Take<D> {
    /// What is given.
    fn take(self) -> D;

    /// What is given, if it is kept; nothing, if a transient was chosen.
    fn take_kept(self) -> Option<D>;
}

impl<D, const NODE: usize, const LATE: bool> Take<D> for Chosen<D, NODE, LATE> {
    fn take(self) -> D {
        match self.0 {
            Some(dependency) => dependency,
            None => unreachable!("what is only examined is not taken"),
        }
    }

    fn take_kept(self) -> Option<D> {
        self.0
    }
}

/// Implements the traits that say what an answer is not, for the answers that are not that.
macro_rules! answers {
    ($($answer:ident: $($trait:ident)*;)*) => {
        $(
            impl Answered for $answer {}

            impl<D> Take<D> for $answer {
                fn take(self) -> D {
                    unreachable!("a container with such an edge does not compile")
                }

                fn take_kept(self) -> Option<D> {
                    unreachable!("a container with such an edge does not compile")
                }
            }

            $(impl $trait for $answer {})*
        )*
    };
}

/// Not several.
pub trait Once {}
/// Not only something in a scope.
pub trait OutsideOfScopes {}
/// Not only something in a module that does not export it.
pub trait OutsideOfModules {}
/// Not nobody.
pub trait Somebody {}
/// Not one that is built later.
pub trait InTime {}

answers! {
    Nobody: Once OutsideOfScopes OutsideOfModules InTime;
    Several: OutsideOfScopes OutsideOfModules Somebody InTime;
    InScope: Once OutsideOfModules Somebody InTime;
    NotExported: Once OutsideOfScopes Somebody InTime;
    Reported: Once OutsideOfScopes OutsideOfModules Somebody InTime;
}

impl<D, const NODE: usize, const LATE: bool> Once for Chosen<D, NODE, LATE> {}
impl<D, const NODE: usize, const LATE: bool> OutsideOfScopes for Chosen<D, NODE, LATE> {}
impl<D, const NODE: usize, const LATE: bool> OutsideOfModules for Chosen<D, NODE, LATE> {}
impl<D, const NODE: usize, const LATE: bool> Somebody for Chosen<D, NODE, LATE> {}
impl<D, const NODE: usize> InTime for Chosen<D, NODE, false> {}
