//! Transients and scopes on demand.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use crate::dependency::{Dependency, Injectable, Source};
use crate::error::BuildError;
use crate::mode::{Making, Moded};
use crate::provides::Makes;
use crate::service::{Hold, Interface, Made, Service};
use crate::state::State;

/// Makes a new `T` at each call, from what the container holds and what the caller gives.
///
/// The container declares `T` as `#[transient]` or `#[scope]`. `Args` is the tuple of what `T` marks as `#[arg]`; for a
/// scope it is its inputs struct, `Factory<SymbolScope, (SymbolScopeInputs,)>`. What [`make`](Self::make) returns
/// follows from `T`: the value, a `Result`, or a future of either.
///
/// ```
/// use std::sync::Arc;
/// use di_core::{Factory, container, service};
///
/// #[service]
/// pub struct Clock;
///
/// #[service]
/// pub struct OrderTicket {
///     clock: Arc<Clock>,
///     #[arg]
///     quantity: u32,
/// }
///
/// #[service]
/// pub struct Desk {
///     tickets: Factory<OrderTicket, (u32,)>,
/// }
///
/// #[container]
/// pub struct App {
///     clock: Clock,
///     #[transient]
///     ticket: OrderTicket,
///     desk: Desk,
/// }
///
/// let app = App::build(AppInputs {});
/// let desk: &Desk = app.get();
/// assert_eq!(desk.tickets.make((7,)).quantity, 7);
/// ```
pub struct Factory<T: Service, Args = ()> {
    make: Arc<dyn Fn(Args) -> Making<T> + Send + Sync>,
}

impl<T: Service, Args> Factory<T, Args> {
    /// A new instance.
    ///
    /// # Errors
    ///
    /// Where a constructor of `T` can fail, the result is a `Result` with the name of the service that failed.
    #[inline]
    pub fn make(&self, args: Args) -> <T::Mode as Moded>::Of<T> {
        T::Mode::of((self.make)(args))
    }
}

impl<T: Service, Args> Clone for Factory<T, Args> {
    fn clone(&self) -> Self {
        Self { make: Arc::clone(&self.make) }
    }
}

impl<T: Service, Args> fmt::Debug for Factory<T, Args> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factory<{}>", T::NAME)
    }
}

impl<T: Service, Args: 'static> Injectable for Factory<T, Args> {}

impl<C, T, Args> Dependency<C> for Factory<T, Args>
where
    C: Makes<T>,
    T: Service<Args = Args>,
    T::Deps: Dependency<C>,
    Args: 'static,
{
    type Source = Self;

    fn source<S: State>(slots: &C::Slots<S>) -> Self {
        let parts = <T::Deps as Dependency<C>>::source(slots);
        Self { make: Arc::new(move |args| making(T::construct::<T>(parts.again(), args, None))) }
    }
}

impl<T: Service, Args: 'static> Source<Self> for Factory<T, Args> {
    type Borrowed<'a> = &'a Self;

    fn once(self) -> Self {
        self
    }

    fn again(&self) -> Self {
        Self::clone(self)
    }
}

/// Names the service in the error of a constructor.
#[doc(hidden)]
pub(crate) fn making<T: Service>(made: Made<T>) -> Making<T> {
    match made {
        Made::Now(value) => Making::Now(Ok(value)),
        Made::Failed(error) => Making::Now(Err(BuildError::of_service(T::NAME, error))),
        Made::Later(future) => {
            Making::Later(Box::pin(async move { future.await.map_err(|error| BuildError::of_service(T::NAME, error)) }))
        }
    }
}

/// The source of a transient under its concrete type: its parts, from which each call makes a new one.
#[doc(hidden)]
pub struct New<T, P> {
    parts: P,
    made: PhantomData<fn() -> T>,
}

impl<T, P> New<T, P> {
    /// From the parts.
    #[inline(always)]
    pub fn from_parts(parts: P) -> Self {
        Self { parts, made: PhantomData }
    }
}

impl<T, P> fmt::Debug for New<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("New")
    }
}

impl<T, P> Source<Arc<T>> for New<T, P>
where
    T: Service<Args = ()>,
    P: Source<T::Deps>,
{
    type Borrowed<'a> = ();

    #[inline]
    fn once(self) -> Arc<T> {
        new::<T, _>(self.parts.once())
    }

    #[inline]
    fn again(&self) -> Arc<T> {
        new::<T, _>(self.parts.again())
    }
}

/// The source of a transient under its interface number `K`.
#[doc(hidden)]
pub struct NewAs<T, P, C, const K: usize> {
    parts: P,
    made: PhantomData<fn(C) -> T>,
}

impl<T, P, C, const K: usize> NewAs<T, P, C, K> {
    /// From the parts.
    #[inline(always)]
    pub fn from_parts(parts: P) -> Self {
        Self { parts, made: PhantomData }
    }
}

impl<T, P, C, const K: usize> fmt::Debug for NewAs<T, P, C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewAs")
    }
}

impl<T, P, C, I: ?Sized, const K: usize> Source<Arc<I>> for NewAs<T, P, C, K>
where
    T: Service<Args = ()> + Interface<K, C, Object = I>,
    P: Source<T::Deps>,
    C: 'static,
{
    type Borrowed<'a> = ();

    #[inline]
    fn once(self) -> Arc<I> {
        (<T as Interface<K, C>>::VIEW.share)(new::<T, _>(self.parts.once()))
    }

    #[inline]
    fn again(&self) -> Arc<I> {
        (<T as Interface<K, C>>::VIEW.share)(new::<T, _>(self.parts.again()))
    }
}

/// A new instance of what is made at once and cannot fail: others stand behind a [`Factory`].
#[inline]
fn new<T: Service<Args = ()>, H: Hold<T>>(deps: T::Deps) -> H {
    match T::construct::<H>(deps, (), None) {
        Made::Now(value) => value,
        Made::Failed(_) | Made::Later(_) => {
            unreachable!("the graph lets only a factory make what is async or can fail")
        }
    }
}
