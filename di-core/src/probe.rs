//! Questions that have an answer either way: does the container answer this, can it make that, is this a service.
//!
//! In a concrete container an inherent item wins over a trait's, but only where its bounds hold. So the bounds become a
//! fact that const code can reason about, instead of an error of the compiler's.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::build::build;
use crate::container::{Assemble, Container};
use crate::dependency::{Dependency, Injectable, Qualified};
use crate::factory::Factory;
use crate::graph::{Target, Wanted};
use crate::instance::{Instance, Way};
use crate::many::Many;
use crate::mode::Making;
use crate::provides::{Lends, Makes, Provides, ProvidesMany, ProvidesOptional};
use crate::service::{Held, Hold, Key, Made, Service};
use crate::state::{Ready, State};

/// What in the container `C` answers the dependency `D`.
#[derive(Debug)]
pub struct Probe<C, D>(PhantomData<(C, D)>);

/// Nothing answers.
pub trait Unanswered {
    /// The fallback of [`Probe`]'s constant.
    const TARGET: Target = Target::Missing;
}

impl<C, D> Unanswered for Probe<C, D> {}

const fn optional(index: Option<usize>) -> Target {
    match index {
        Some(index) => Target::Node(index),
        None => Target::Absent,
    }
}

impl<C: Provides<T>, T: ?Sized> Probe<C, Arc<T>> {
    /// The node that answers.
    pub const TARGET: Target = Target::Node(<C as Provides<T>>::INDEX);
}

impl<C: Provides<T, Q>, T: ?Sized, Q> Probe<C, Qualified<Q, Arc<T>>> {
    /// The node that answers.
    pub const TARGET: Target = Target::Node(<C as Provides<T, Q>>::INDEX);
}

impl<C: ProvidesOptional<T>, T: ?Sized> Probe<C, Option<Arc<T>>> {
    /// The node that answers, or the word that there is none.
    pub const TARGET: Target = optional(<C as ProvidesOptional<T>>::INDEX);
}

impl<C: ProvidesOptional<T, Q>, T: ?Sized, Q> Probe<C, Qualified<Q, Option<Arc<T>>>> {
    /// The node that answers, or the word that there is none.
    pub const TARGET: Target = optional(<C as ProvidesOptional<T, Q>>::INDEX);
}

impl<C: ProvidesMany<T>, T: ?Sized> Probe<C, Many<T>> {
    /// The node of the group.
    pub const TARGET: Target = Target::Node(<C as ProvidesMany<T>>::INDEX);
}

#[cfg(feature = "std")]
impl<C: Lends<T>, T: ?Sized> Probe<C, crate::Lazy<T>> {
    /// The node that answers, later.
    pub const TARGET: Target = Target::Deferred(<C as Lends<T>>::INDEX);
}

#[cfg(feature = "std")]
impl<C: Lends<T, Q>, T: ?Sized, Q> Probe<C, Qualified<Q, crate::Lazy<T>>> {
    /// The node that answers, later.
    pub const TARGET: Target = Target::Deferred(<C as Lends<T, Q>>::INDEX);
}

impl<C: Makes<T>, T: Service<Args = A>, A> Probe<C, Factory<T, A>> {
    /// The transient or scope that is made.
    pub const TARGET: Target = Target::Node(<C as Makes<T>>::INDEX);
}

/// Makes the service `T` in the container `C`.
#[derive(Debug)]
pub struct Make<C, T>(PhantomData<(C, T)>);

impl<C: Container, T: Service<Args = ()>> Make<C, T>
where
    T::Deps: Dependency<C>,
{
    /// Resolves the dependencies and runs the constructor.
    #[inline(always)]
    pub fn make<S: State, H: Hold<T>>(slots: &C::Slots<S>, key: Key) -> Made<H> {
        T::construct(<T::Deps as Dependency<C>>::take(slots), (), key)
    }
}

/// A dependency is missing: the container does not compile, and its constants have said why.
pub trait CannotMake<C: Container, T> {
    /// The fallback of [`Make`]'s function, which no program that compiles calls.
    fn make<S: State, H>(_: &C::Slots<S>, _: Key) -> Made<H> {
        unreachable!("a container with a missing dependency does not compile")
    }
}

impl<C: Container, T> CannotMake<C, T> for Make<C, T> {}

/// Whether `T` is a service.
#[derive(Debug)]
pub struct ServiceProbe<T>(PhantomData<T>);

impl<T: Service> ServiceProbe<T> {
    /// It is.
    pub const IS_SERVICE: bool = true;

    /// What the container keeps of it.
    pub fn held<H: Held>(holder: &H) -> Option<&dyn Held> {
        Some(holder)
    }
}

/// `T` is not a service.
pub trait NoService {
    /// The fallback of [`ServiceProbe`]'s constant.
    const IS_SERVICE: bool = false;

    /// The fallback of [`ServiceProbe`]'s function.
    fn held<H>(_: &H) -> Option<&dyn Held> {
        None
    }
}

impl<T> NoService for ServiceProbe<T> {}

/// Whether `T`, whose name does not tell, can be injected.
#[derive(Debug)]
pub struct InjectableProbe<T>(PhantomData<T>);

impl<T: Injectable> InjectableProbe<T> {
    /// It can, as an instance.
    pub const WANTED: Wanted = Wanted::One;
}

/// `T` cannot be injected: the service says so, and no container has to.
pub trait NotInjectable {
    /// The fallback of [`InjectableProbe`]'s constant.
    const WANTED: Wanted = Wanted::Nothing;
}

impl<T> NotInjectable for InjectableProbe<T> {}

/// Builds the scope `T` in the container `C`.
#[derive(Debug)]
pub struct Open<C, T>(PhantomData<(C, T)>);

impl<C: Container, T: Assemble> Open<C, T>
where
    T::Inherited: Dependency<C>,
{
    /// Resolves what the scope inherits and runs its constructors.
    #[inline]
    pub fn open(slots: &C::Slots<Ready>, inputs: T::Inputs) -> Making<T> {
        build(<T::Inherited as Dependency<C>>::take(slots), inputs)
    }
}

/// What the scope inherits is missing: the container does not compile, and its constants have said why.
pub trait CannotOpen<C: Container, T: Container> {
    /// The fallback of [`Open`]'s function, which no program that compiles calls.
    fn open(_: &C::Slots<Ready>, _: T::Inputs) -> Making<T> {
        unreachable!("a container with a missing dependency does not compile")
    }
}

impl<C: Container, T: Container> CannotOpen<C, T> for Open<C, T> {}

/// A type whose concrete key is not being wound down; one that is has an inherent, deprecated constant of this name.
pub trait Current {
    /// Nothing to say.
    const CONCRETE_KEY: () = ();
}

impl<T: ?Sized> Current for T {}

/// What the module `C` exports as `T`.
#[derive(Debug)]
pub struct Exported<C, T: ?Sized>(PhantomData<C>, PhantomData<T>);

impl<C: Lends<T>, T: ?Sized> Exported<C, T> {
    /// The instance.
    #[inline(always)]
    pub fn see(module: &C, way: Way) -> Instance<'_, T> {
        <C as Lends<T>>::see::<Ready>(module.slots(), way)
    }
}

/// The module does not provide what it exports: it does not compile, and a constant has said why.
pub trait CannotExport<C, T: ?Sized> {
    /// The fallback of [`Exported`]'s function.
    fn see(_: &C, _: Way) -> Instance<'_, T> {
        unreachable!("a module that does not provide what it exports does not compile")
    }
}

impl<C, T: ?Sized> CannotExport<C, T> for Exported<C, T> {}

/// What the module `C` adds to a group of the container around it.
#[derive(Debug)]
pub struct Members<C, T: ?Sized>(PhantomData<C>, PhantomData<T>);

impl<C: ProvidesMany<T>, T: ?Sized> Members<C, T> {
    /// The members of its own group, with their keys.
    pub fn add(module: &C, _: Key, members: &mut Vec<(Key, Arc<T>)>) {
        let group = <C as ProvidesMany<T>>::many(module.slots());
        members.extend(group.entries().map(|(key, member)| (key, Arc::clone(member))));
    }
}

/// The module has no group of that interface: what it exports is one member.
pub trait OneMember<C, T: ?Sized> {
    /// The fallback of [`Members`]' function.
    fn add(module: &C, key: Key, members: &mut Vec<(Key, Arc<T>)>)
    where
        C: Provides<T>,
    {
        members.push((key, <C as Provides<T>>::take(module.slots())));
    }
}

impl<C, T: ?Sized> OneMember<C, T> for Members<C, T> {}
