//! The container trait: fields that keep services, and the keys that they answer.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use crate::dependency::many::Many;
use crate::graph::{Described, Graph};
use crate::service::Service;

/// A struct annotated with [`#[container]`](macro@crate::container).
///
/// The macro implements it. Users import it to read [`GRAPH`](Self::GRAPH), and name it in the bounds of generic code.
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
pub trait Container: Service + Contents {
    /// What the caller supplies: an ordinary struct with a field per `#[input]`; without any, one that all containers share.
    type Inputs;

    /// What exists in this container and what needs what.
    ///
    /// It is decoded where it is read. A constant of the container's own would be evaluated in each check of the crate.
    const GRAPH: Graph = <Self::Tables as Described>::GRAPH;
}

/// What the macro writes of a container.
///
/// It does not ask for a service, as [`Container`] does: what keeps a container from being one is told at its impl of
/// [`Service`], and not once more here.
#[doc(hidden)]
pub trait Contents: Sized {
    /// What the caller supplies.
    type Supplied;

    /// What the macro writes down of the graph.
    type Tables: Described;

    /// Shows each instance that it keeps, with the index of its node.
    fn visit<'a, V: Visitor<'a>>(&'a self, visitor: &mut V);
}

#[diagnostic::do_not_recommend]
impl<C: Service + Contents> Container for C {
    type Inputs = C::Supplied;
}

/// The inputs of a container that has none.
///
/// They are one type, since a struct for each container, with its impls, would be read by the compiler after every edit.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NoInputs {}

/// Sees what a container keeps.
#[doc(hidden)]
pub trait Visitor<'a> {
    /// A service.
    fn service<S: Service>(&mut self, node: usize, service: &'a Arc<S>);

    /// A module.
    fn module<M: Container>(&mut self, node: usize, module: &'a M);
}

/// A field that keeps an instance of `S`.
///
/// `Q` is the qualifier under which it stands; `R` says which keys it answers: [`Dual`], [`Interface`] or [`Concrete`].
/// The macro writes one impl per field, with a header that names nothing but the service and the container.
#[doc(hidden)]
pub trait Keeps<S: ?Sized, Q = Unqualified, R = Dual> {
    /// The instance.
    fn stored(&self) -> Stored<'_, S>;
}

/// A transient or a scope that makes a new `S`.
#[doc(hidden)]
pub trait Makes<S: ?Sized, Q = Unqualified, R = Dual> {
    /// A new instance.
    fn make(&self) -> Arc<S>;
}

/// The qualifier of bindings that have none.
#[derive(Debug, Clone, Copy)]
pub enum Unqualified {}

/// The service answers its interfaces and its concrete type.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Dual {}

/// The service answers its interfaces.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Interface {}

/// The service answers its concrete type.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Concrete {}

// That `C` is a container is what lets the compiler see that these meet no impl of another kind.

#[diagnostic::do_not_recommend]
impl<C: Container + Keeps<S, Q, Dual>, S: ?Sized, Q> Keeps<S, Q, Interface> for C {
    #[inline]
    fn stored(&self) -> Stored<'_, S> {
        <C as Keeps<S, Q, Dual>>::stored(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Container + Keeps<S, Q, Dual>, S: ?Sized, Q> Keeps<S, Q, Concrete> for C {
    #[inline]
    fn stored(&self) -> Stored<'_, S> {
        <C as Keeps<S, Q, Dual>>::stored(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Container + Makes<S, Q, Dual>, S: ?Sized, Q> Makes<S, Q, Interface> for C {
    #[inline]
    fn make(&self) -> Arc<S> {
        <C as Makes<S, Q, Dual>>::make(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Container + Makes<S, Q, Dual>, S: ?Sized, Q> Makes<S, Q, Concrete> for C {
    #[inline]
    fn make(&self) -> Arc<S> {
        <C as Makes<S, Q, Dual>>::make(self)
    }
}

/// How a container keeps an instance.
#[doc(hidden)]
pub enum Stored<'a, S: ?Sized> {
    /// A service, an input.
    Shared(&'a Arc<S>),
    /// A module.
    Inline(&'a S),
}

impl<S: ?Sized> Clone for Stored<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for Stored<'_, S> {}

impl<'a, S: ?Sized> Stored<'a, S> {
    /// A reference to the instance.
    #[inline]
    pub fn reference(self) -> &'a S {
        match self {
            Self::Shared(service) => service,
            Self::Inline(module) => module,
        }
    }

    /// The instance, borrowed.
    #[inline]
    pub fn borrowed(self) -> Resolved<'a, S> {
        Resolved::Borrowed(self.reference())
    }

    /// The instance, shared. A module is asked for what it exports.
    #[inline]
    pub fn shared(self) -> Resolved<'a, S> {
        match self {
            Self::Shared(service) => Resolved::Shared(Arc::clone(service)),
            Self::Inline(_) => unreachable!("a module stands in its container without an `Arc`"),
        }
    }
}

/// An instance as it was asked for.
#[doc(hidden)]
pub enum Resolved<'a, T: ?Sized> {
    /// Shared.
    Shared(Arc<T>),
    /// Borrowed.
    Borrowed(&'a T),
}

impl<'a, T: ?Sized> Resolved<'a, T> {
    /// What was asked for shared.
    #[inline]
    pub fn into_shared(self) -> Arc<T> {
        match self {
            Self::Shared(instance) => instance,
            Self::Borrowed(_) => unreachable!("what is asked for shared is given shared"),
        }
    }

    /// What was asked for borrowed.
    #[inline]
    pub fn into_borrowed(self) -> &'a T {
        match self {
            Self::Borrowed(instance) => instance,
            Self::Shared(_) => unreachable!("what is asked for borrowed is given borrowed"),
        }
    }
}

impl<S: ?Sized> fmt::Debug for Stored<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "Shared",
            Self::Inline(_) => "Inline",
        })
    }
}

impl<T: ?Sized> fmt::Debug for Resolved<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "Shared",
            Self::Borrowed(_) => "Borrowed",
        })
    }
}

/// The key `Self` is answered by the service `S`, in each view `V` of a container in which `S` is registered so.
///
/// `#[service]` implements it for each interface that it provides. Nothing else says that a service has an interface, so that
/// no edge of a graph can join two that do not fit; the impls here are of types that stand under themselves.
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{S}` does not provide `{Self}`",
    label = "provides another interface of that name",
    note = "two interfaces are called alike: write the path of one where it is asked for or provided, as in `Arc<dyn venue::IClock>`",
    note = "see `di_core::diagnostics::DI0001`"
)]
#[doc(hidden)]
pub trait ProvidedBy<S: ?Sized, V> {
    /// The instance, seen under the key.
    fn view(this: Resolved<'_, S>) -> Resolved<'_, Self>;
}

/// A service of whose interfaces a view of a container can be asked.
#[doc(hidden)]
pub trait Registered<S: ?Sized> {}

/// A container as what it keeps under the qualifier `Q`.
#[doc(hidden)]
#[derive(Debug)]
pub struct KeptIn<C, Q>(PhantomData<fn() -> (C, Q)>);

/// A container as what it makes under the qualifier `Q`.
#[doc(hidden)]
#[derive(Debug)]
pub struct MadeIn<C, Q>(PhantomData<fn() -> (C, Q)>);

/// A container while it is wired: every service is at hand, under its interfaces and under its own type, and every module with
/// what it exports.
#[doc(hidden)]
#[derive(Debug)]
pub enum Wiring {}

/// A view in which each service stands under its own type.
#[doc(hidden)]
pub trait Concretely {}

impl Concretely for Wiring {}
impl Concretely for ByItself {}

/// A function that is a service, and provides a `T`.
#[diagnostic::on_unimplemented(
    message = "[DI0001] the function `{Self}` does not provide `{T}`",
    label = "provides another type",
    note = "write the type that the function returns, without its `Result` and its `Arc`",
    note = "see `di_core::diagnostics::DI0001`"
)]
#[doc(hidden)]
pub trait Provider<T: ?Sized> {
    /// What it provided.
    fn value(&self) -> &Arc<T>;
}

/// As [`Wiring`], but each service under its interfaces alone.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByInterface {}

/// As [`Wiring`], but each service under its own type alone.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByItself {}

impl<C: Keeps<S, Q, Interface>, S: ?Sized, Q> Registered<S> for KeptIn<C, Q> {}
impl<C: Makes<S, Q, Interface>, S: ?Sized, Q> Registered<S> for MadeIn<C, Q> {}
impl<S: ?Sized> Registered<S> for Wiring {}
impl<S: ?Sized> Registered<S> for ByInterface {}

#[diagnostic::do_not_recommend]
impl<S: ?Sized> ProvidedBy<S, Wiring> for S {
    #[inline]
    fn view(this: Resolved<'_, S>) -> Resolved<'_, S> {
        this
    }
}

#[diagnostic::do_not_recommend]
impl<S: ?Sized> ProvidedBy<S, ByItself> for S {
    #[inline]
    fn view(this: Resolved<'_, S>) -> Resolved<'_, S> {
        this
    }
}

/// A container with a group of `T`: see [`Many`].
#[diagnostic::on_unimplemented(
    message = "[DI0009] `{Self}` has no group of `{T}`",
    label = "`{Self}` has no member of this group",
    note = "add a member: `#[many(dyn ..)] name: Service`, or say that there is none: `#[empty(dyn ..)]`",
    note = "see `di_core::diagnostics::DI0009`"
)]
pub trait ProvidesMany<T: ?Sized> {
    /// The group.
    #[doc(hidden)]
    fn group(&self) -> &Many<T>;
}

impl<C: ProvidesMany<T>, T: ?Sized> ProvidesMany<T> for Arc<C> {
    #[inline]
    fn group(&self) -> &Many<T> {
        C::group(self)
    }
}

impl<C: ProvidesMany<T>, T: ?Sized> ProvidesMany<T> for &C {
    #[inline]
    fn group(&self) -> &Many<T> {
        C::group(self)
    }
}

/// A container that is built from what it inherits, the tuple `D`, and from its inputs: as a module, or as a scope.
#[doc(hidden)]
pub trait Assemble<D>: Sized {
    /// Builds it.
    fn assemble(inherited: D, inputs: Self::Inputs) -> <Self::Mode as crate::mode::Mode>::Of<Self>
    where
        Self: Container;
}
