//! Exports: the keys of a container that are answered outside of it, by the container around it and to generic code.

use core::fmt;
use core::marker::PhantomData;

use crate::container::{Concrete, Container, Interface, Keeps, KeptIn, ProvidedBy, Resolved, Unqualified, Wiring};

/// The container `M` exports the key `Self`, as each view `V` shows in which it does.
///
/// `#[container]` implements it for each key of `provides = [..]`, and names what answers. What answers under an exported
/// interface may be more private than the interface, and no associated type may name it: then the impl has a method, and
/// the type is [`Unnamed`].
#[diagnostic::on_unimplemented(
    message = "[DI0001] the module `{M}` does not export `{Self}`",
    label = "exports another interface of that name",
    note = "two interfaces are called alike: write the path of one where it is asked for or exported, as in `Arc<dyn venue::IClock>`",
    note = "see `di_core::diagnostics::DI0001`"
)]
#[doc(hidden)]
pub trait ExportedBy<M, V> {
    /// What answers.
    type Source: Export<M, Self>;

    /// The instance, seen under the key.
    #[inline]
    fn view(container: Asked<'_, M>) -> Resolved<'_, Self> {
        <Self::Source as Export<M, Self>>::view(container)
    }
}

/// A container that is asked for what it exports. It stands where it is, without an `Arc`; what it exports can be shared.
#[doc(hidden)]
#[derive(Debug)]
pub enum Asked<'a, M> {
    /// For something borrowed.
    Borrowed(&'a M),
    /// For something shared.
    Shared(&'a M),
}

/// A view of a container in which a module stands with its exports.
#[doc(hidden)]
pub trait Exporting<M> {}

/// A view in which a module stands with its exports, and with nothing else.
///
/// Under [`Lending`], it has the concrete types that it keeps already.
#[doc(hidden)]
pub trait Outside<M> {}

/// A container as generic code sees it: what it exports, and what it keeps under its own type, exported or not.
#[doc(hidden)]
#[derive(Debug)]
pub enum Lending {}

impl<C: Keeps<M, Q, Interface>, M, Q> Exporting<M> for KeptIn<C, Q> {}
impl<M> Exporting<M> for Wiring {}
impl<M> Exporting<M> for Lending {}

impl<C: Keeps<M, Q, Interface>, M, Q> Outside<M> for KeptIn<C, Q> {}
impl<M> Outside<M> for Wiring {}

#[diagnostic::do_not_recommend]
impl<C: Container + Keeps<T, Unqualified, Concrete>, T: 'static> ExportedBy<C, Lending> for T {
    type Source = Field<T, Concrete>;
}

/// What answers the exported key `T` of the container `M`.
#[doc(hidden)]
pub trait Export<M, T: ?Sized> {
    /// The instance, seen under the key, borrowed or shared as it was asked for.
    fn view(container: Asked<'_, M>) -> Resolved<'_, T>;
}

/// The field that keeps a service `S`, or what was supplied, and is registered as `R` says.
#[doc(hidden)]
pub struct Field<S: ?Sized, R>(PhantomData<fn() -> R>, PhantomData<S>);

/// The module `N` of the container, which exports the key, too.
#[doc(hidden)]
pub struct Module<N>(PhantomData<fn() -> N>);

/// What no type may name; the method finds it.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unnamed {}

impl<M, T, S, R> Export<M, T> for Field<S, R>
where
    M: Keeps<S, Unqualified, R>,
    T: ?Sized + ProvidedBy<S, Wiring>,
    S: ?Sized + 'static,
{
    #[inline]
    fn view(container: Asked<'_, M>) -> Resolved<'_, T> {
        T::view(match container {
            Asked::Borrowed(container) => container.stored().borrowed(),
            Asked::Shared(container) => container.stored().shared(),
        })
    }
}

impl<M, T, N> Export<M, T> for Module<N>
where
    M: Keeps<N, Unqualified, Interface>,
    T: ?Sized + ExportedBy<N, Wiring>,
    N: 'static,
{
    #[inline]
    fn view(container: Asked<'_, M>) -> Resolved<'_, T> {
        T::view(match container {
            Asked::Borrowed(container) => Asked::Borrowed(container.stored().reference()),
            Asked::Shared(container) => Asked::Shared(container.stored().reference()),
        })
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ?Sized> Export<M, T> for Unnamed {
    fn view(_: Asked<'_, M>) -> Resolved<'_, T> {
        unreachable!("the key has a method of its own, or the container does not compile")
    }
}

impl<S: ?Sized, R> fmt::Debug for Field<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field")
    }
}

impl<N> fmt::Debug for Module<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Module")
    }
}
