//! Transients and scopes on demand.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::container::Container;
use crate::dependency::{Again, Dependency, Injectable, Maker};
use crate::error::BuildError;
use crate::mode::{Making, Moded};
use crate::provides::Makes;
use crate::service::{Hold, Made, Service};
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
    make: Arc<Make<T, Args>>,
}

/// What a factory calls: what comes out is already in the mode of `T`, so that nothing is taken apart twice.
type Make<T, Args> = dyn Fn(Args) -> <<T as Service>::Mode as Moded>::Of<T> + Send + Sync;

impl<T: Service, Args> Factory<T, Args> {
    /// A new instance.
    ///
    /// # Errors
    ///
    /// Where a constructor of `T` can fail, the result is a `Result` with the name of the service that failed.
    #[inline]
    pub fn make(&self, args: Args) -> <T::Mode as Moded>::Of<T> {
        (self.make)(args)
    }
}

impl<T: Service, Args> Clone for Factory<T, Args> {
    fn clone(&self) -> Self {
        Self { make: Arc::clone(&self.make) }
    }
}

impl<T: Service, Args> fmt::Debug for Factory<T, Args> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Factory<{}>", T::INFO.name)
    }
}

impl<T: Service, Args: 'static> Injectable for Factory<T, Args> {}

impl<T: Service, Args> Again<Self> for Factory<T, Args> {
    fn give(&self) -> Self {
        Self::clone(self)
    }
}

impl<C, T, Args> Dependency<C> for Factory<T, Args>
where
    C: Makes<T>,
    T: Service<Args = Args>,
    T::Deps: Dependency<C>,
    <T::Deps as Dependency<C>>::Again: Send + Sync + 'static,
    Args: 'static,
{
    type Again = Self;

    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        let deps = <T::Deps as Dependency<C>>::again(slots);
        Self { make: Arc::new(move |args| T::Mode::of(making(T::construct::<T>(deps.give(), args, None)))) }
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Self {
        <Self as Dependency<C>>::take(slots)
    }
}

/// Names the service in the error of a constructor.
#[doc(hidden)]
#[inline]
pub(crate) fn making<T: Service>(made: Made<T>) -> Making<T> {
    match made {
        Made::Now(value) => Making::Now(Ok(value)),
        Made::Failed(error) => Making::Now(Err(BuildError::of_service(T::INFO.name, error))),
        Made::Later(future) => {
            Making::Later(Box::pin(
                async move { future.await.map_err(|error| BuildError::of_service(T::INFO.name, error)) },
            ))
        }
    }
}

/// A new instance of what is made at once and cannot fail: others stand behind a [`Factory`].
#[doc(hidden)]
#[inline]
pub fn new<T: Service<Args = ()>, H: Hold<T>>(deps: T::Deps) -> H {
    match T::construct::<H>(deps, (), None) {
        Made::Now(value) => value,
        Made::Failed(_) | Made::Later(_) => {
            unreachable!("the graph lets only a factory make what is async or can fail")
        }
    }
}

/// What makes a new instance at each call, seen through `view`.
#[doc(hidden)]
pub fn anew<C, T, I, S>(slots: &C::Slots<S>, view: fn(Arc<T>) -> Arc<I>) -> Maker<I>
where
    C: Container,
    T: Service<Args = ()>,
    T::Deps: Dependency<C, Again: Send + Sync + 'static>,
    I: ?Sized + 'static,
    S: State,
{
    let deps = <T::Deps as Dependency<C>>::again::<S>(slots);
    Box::new(move || view(new::<T, Arc<T>>(deps.give())))
}
