//! The steps of straight wiring: an instance that is at hand, given under the key that is asked for.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use crate::container::{Container, ProvidedBy, ProvidesMany, Resolved, Wiring};
use crate::dependency::injectable::Qualified;
use crate::dependency::many::Many;
use crate::error::BoxError;
use crate::error::BuildError;
use crate::export::{Asked, ExportedBy};
use crate::resolve::ResolvedIn;

/// Gives a service under the key `T`.
#[inline]
pub fn give<S: ?Sized, T: ?Sized + ProvidedBy<S, Wiring>>(service: &Arc<S>) -> Arc<T> {
    T::view(Resolved::Shared(Arc::clone(service))).into_shared()
}

/// Gives what a module exports under the key `T`.
#[inline]
pub fn give_part<M, T: ?Sized + ExportedBy<M, Wiring>>(module: &M) -> Arc<T> {
    T::view(Asked::Shared(module)).into_shared()
}

/// Gives what the container says is absent: nothing.
#[inline]
pub const fn absent<T: ?Sized + SameKey<U>, U: ?Sized>() -> Option<Arc<U>> {
    None
}

/// The same interface.
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{Self}` is declared absent, and `{U}` is another interface of that name",
    label = "asks for another interface of that name",
    note = "two interfaces are called alike: write the path of one where it is asked for or declared absent",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait SameKey<U: ?Sized> {}

impl<T: ?Sized> SameKey<T> for T {}

/// A group of an async build, once its members are there.
#[inline]
pub fn there<T: ?Sized>(group: &Option<Many<T>>) -> &Many<T> {
    match group {
        Some(group) => group,
        None => unreachable!("a service is made after the groups that it needs"),
    }
}

/// A group of an async build, at its end.
#[inline]
pub fn made<T: ?Sized>(group: Option<Many<T>>) -> Many<T> {
    match group {
        Some(group) => group,
        None => unreachable!("a build ends once all groups are made"),
    }
}

/// A module as a member of a group of `T`.
#[derive(Debug)]
pub struct ModuleMembers<'a, M, T: ?Sized>(&'a M, core::marker::PhantomData<fn() -> Arc<T>>);

impl<'a, M, T: ?Sized> ModuleMembers<'a, M, T> {
    /// The module's members.
    pub const fn of(module: &'a M) -> Self {
        Self(module, core::marker::PhantomData)
    }
}

/// The members of a group.
type Members<T> = Vec<(Option<&'static str>, Arc<T>)>;

/// A module with a group of its own: its members are members.
pub trait ManyMembers<T: ?Sized> {
    /// Adds them.
    fn add(&self, key: Option<&'static str>, members: &mut Members<T>);
}

impl<M: ProvidesMany<T>, T: ?Sized> ManyMembers<T> for ModuleMembers<'_, M, T> {
    fn add(&self, _: Option<&'static str>, members: &mut Members<T>) {
        members.extend(self.0.group().entries().map(|(key, member)| (key, Arc::clone(member))));
    }
}

/// A module that exports the interface: what it exports is a member.
pub trait OneMember<T: ?Sized> {
    /// Adds it.
    fn add(&self, key: Option<&'static str>, members: &mut Members<T>);
}

impl<M, T: ?Sized + ExportedBy<M, Wiring>> OneMember<T> for &ModuleMembers<'_, M, T> {
    fn add(&self, key: Option<&'static str>, members: &mut Members<T>) {
        members.push((key, give_part(self.0)));
    }
}

/// Gives what may be there.
#[inline]
pub fn give_optional<S: ?Sized, T: ?Sized + ProvidedBy<S, Wiring>>(service: &Option<Arc<S>>) -> Option<Arc<T>> {
    service.as_ref().map(give)
}

/// Gives a group.
#[inline]
pub fn give_group<T: ?Sized, U: ?Sized>(group: &Many<T>) -> Many<U>
where
    Many<T>: SameGroup<U>,
{
    group.given()
}

/// A group of `T`.
#[diagnostic::on_unimplemented(
    message = "[DI0009] `{Self}` is the group of another interface than `{T}`",
    label = "a group of another interface of that name",
    note = "two interfaces are called alike: write the path of one where its group is asked for or declared",
    note = "see `di_core::diagnostics::DI0009`"
)]
#[doc(hidden)]
pub trait SameGroup<T: ?Sized> {
    /// The group.
    fn given(&self) -> Many<T>;
}

impl<T: ?Sized> SameGroup<T> for Many<T> {
    #[inline]
    fn given(&self) -> Self {
        self.clone()
    }
}

/// No interface at all. With a second impl, the compiler takes the interface from who asks and not from the group, so that
/// two of one name are told in our words.
#[derive(Debug)]
pub struct NoInterface<T: ?Sized>(core::marker::PhantomData<T>);

#[diagnostic::do_not_recommend]
impl<T: ?Sized> SameGroup<NoInterface<T>> for Many<T> {
    fn given(&self) -> Many<NoInterface<T>> {
        unreachable!("nobody can ask for this group")
    }
}

/// Gives a dependency under the qualifier `Q` of the container's field, as `U` is asked for.
#[inline]
pub const fn qualified<Q: SameQualifier<U>, U, D>(dependency: D) -> Qualified<U, D> {
    Qualified::new(dependency)
}

/// The same marker type.
#[diagnostic::on_unimplemented(
    message = "[DI0001] the qualifier `{Self}` is another type than `{Q}`",
    label = "a binding under another qualifier of that name",
    note = "two marker types are called alike: write the path of one",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait SameQualifier<Q> {}

impl<Q> SameQualifier<Q> for Q {}

/// Passes an argument of a factory on.
#[inline]
pub fn argument<A: SameArgument<B>, B>(argument: A) -> B {
    argument.passed()
}

/// An argument of a factory, as the constructor takes it.
#[diagnostic::on_unimplemented(
    message = "[DI0001] the factory is given `{Self}`, and what it makes takes `{B}` there",
    label = "made from other arguments",
    note = "a `Factory` names the types of the `#[arg]`s in their order, as a tuple",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait SameArgument<B> {
    /// The argument.
    fn passed(self) -> B;
}

impl<A> SameArgument<Self> for A {
    #[inline]
    fn passed(self) -> Self {
        self
    }
}

/// The inputs of a scope that has none, of what the caller of its factory gives.
#[inline]
pub fn no_inputs<I: Default>(arguments: impl NoArguments<I>) -> I {
    arguments.inputs()
}

/// What the factory of a scope without inputs is called with: nothing, or the empty struct.
#[diagnostic::on_unimplemented(
    message = "[DI0001] the factory is given `{Self}`, and this scope has no inputs",
    label = "made without arguments",
    note = "ask for `Factory<Scope>`, or for `Factory<Scope, (ScopeInputs,)>`, whose argument is the empty struct",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait NoArguments<I> {
    /// The inputs.
    fn inputs(self) -> I;
}

#[diagnostic::do_not_recommend]
impl<I: Default> NoArguments<I> for () {
    #[inline]
    fn inputs(self) -> I {
        I::default()
    }
}

#[diagnostic::do_not_recommend]
impl<I> NoArguments<I> for (I,) {
    #[inline]
    fn inputs(self) -> I {
        self.0
    }
}

/// What a module exports under the key `T`, where only the types tell which field answers.
#[inline]
pub fn export_by_type<M, By, T: ?Sized + ResolvedIn<M, By>>(module: Asked<'_, M>) -> Resolved<'_, T> {
    match module {
        Asked::Shared(module) => Resolved::Shared(T::kept(module)),
        Asked::Borrowed(module) => Resolved::Borrowed(T::get(module)),
    }
}

/// The error of a node's constructor: with the node, and with who asked for it.
pub fn failed<C: Container>(node: usize) -> impl FnOnce(BoxError) -> BuildError {
    move |cause| BuildError::of_node(&C::GRAPH, node, cause)
}

/// The error of a module's build: with the module, and with what failed in it.
pub fn module_failed<C: Container>(node: usize) -> impl FnOnce(BuildError) -> BuildError {
    move |cause| failed::<C>(node)(cause.into())
}

/// The error of what a factory makes.
pub fn making_failed(service: &'static str) -> impl FnOnce(BoxError) -> BuildError {
    move |cause| BuildError::of_service(service, cause)
}

/// The error of what a factory will make.
///
/// # Errors
///
/// The constructor's own error, with the service.
pub async fn making_failed_async<T>(
    service: &'static str,
    constructor: impl Future<Output = Result<T, BoxError>> + Send + 'static,
) -> Result<T, BuildError> {
    constructor.await.map_err(|cause| BuildError::of_service(service, cause))
}

#[cfg(feature = "std")]
pub use deferred::{fill, fill_part, filled, filled_part};

#[cfg(feature = "std")]
mod deferred {
    use super::{Arc, ExportedBy, ProvidedBy, Wiring, give, give_part};
    use crate::dependency::lazy::Lazy;

    /// Fills what was deferred, once the container is complete.
    pub fn fill<S: ?Sized, T: ?Sized + ProvidedBy<S, Wiring>>(lazy: &Lazy<T>, service: &Arc<S>) {
        lazy.fill(&give(service));
    }

    /// Fills what was deferred with what a module exports.
    pub fn fill_part<M, T: ?Sized + ExportedBy<M, Wiring>>(lazy: &Lazy<T>, module: &M) {
        lazy.fill(&give_part(module));
    }

    /// What is deferred in a complete container.
    pub fn filled<S: ?Sized, T: ?Sized + ProvidedBy<S, Wiring>>(service: &Arc<S>) -> Lazy<T> {
        let lazy = Lazy::empty();
        fill(&lazy, service);
        lazy
    }

    /// What is deferred in a complete container, and a module exports.
    pub fn filled_part<M, T: ?Sized + ExportedBy<M, Wiring>>(module: &M) -> Lazy<T> {
        let lazy = Lazy::empty();
        fill_part(&lazy, module);
        lazy
    }
}
