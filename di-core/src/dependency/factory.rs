//! Transients and scopes on demand.

use alloc::sync::{Arc, Weak};
use core::fmt;

use crate::mode::Mode;
use crate::service::Service;

/// Makes a new `T` at each call, from what the container holds and what the caller passes.
///
/// The container lists `T` as `#[transient]` or `#[scope]`. `Args` is the tuple of the members that `T` marks as `#[arg]`;
/// for a scope it is its inputs, `Factory<SymbolScope, (SymbolScopeInputs,)>`. What [`make`](Self::make) returns follows
/// from `T`: the value, a `Result`, or a future of either.
///
/// ```
/// use std::sync::Arc;
/// use di_core::dependency::Factory;
/// use di_core::{container, service};
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
type Make<T, Args> = dyn Fn(Args) -> <<T as Service>::Mode as Mode>::Of<T> + Send + Sync;

impl<T: Service, Args> Factory<T, Args> {
    /// A new instance.
    ///
    /// # Errors
    ///
    /// If a constructor of `T` can fail, this returns a `Result` whose error names the service that failed.
    #[inline]
    pub fn make(&self, args: Args) -> <T::Mode as Mode>::Of<T> {
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
        write!(f, "Factory<{}>", core::any::type_name::<T>())
    }
}

impl<T: Service, Args> Factory<T, Args> {
    /// What the macro writes.
    #[doc(hidden)]
    #[inline]
    pub fn new(make: impl Fn(Args) -> <T::Mode as Mode>::Of<T> + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make) }
    }

    /// A factory of what needs a factory of its own kind: `make` gets a handle of it, which keeps nothing alive.
    #[doc(hidden)]
    pub fn cyclic<M>(make: impl FnOnce(FactoryHandle<T, Args>) -> M) -> Self
    where
        T: 'static,
        Args: 'static,
        M: Fn(Args) -> <T::Mode as Mode>::Of<T> + Send + Sync + 'static,
    {
        let make: Arc<M> = Arc::new_cyclic(|this: &Weak<M>| {
            let this: Weak<Make<T, Args>> = this.clone();
            make(FactoryHandle { make: this })
        });
        Self { make }
    }
}

/// A factory inside of what it makes.
#[doc(hidden)]
pub struct FactoryHandle<T: Service, Args> {
    make: Weak<Make<T, Args>>,
}

impl<T: Service, Args> FactoryHandle<T, Args> {
    /// The factory; it is there while it makes something.
    pub fn factory(&self) -> Factory<T, Args> {
        match self.make.upgrade() {
            Some(make) => Factory { make },
            None => unreachable!("a factory is alive while it is called"),
        }
    }
}

impl<T: Service, Args> Clone for FactoryHandle<T, Args> {
    fn clone(&self) -> Self {
        Self { make: Weak::clone(&self.make) }
    }
}

impl<T: Service, Args> fmt::Debug for FactoryHandle<T, Args> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FactoryHandle<{}>", core::any::type_name::<T>())
    }
}
