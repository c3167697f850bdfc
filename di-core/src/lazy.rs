//! Deferred dependencies: the legal way out of a cycle.

use alloc::sync::{Arc, Weak};
use core::fmt;
use std::sync::OnceLock;

use crate::container::Container;
use crate::dependency::{Again, Dependency, Injectable, Qualified, QualifiedAgain};
use crate::provides::{Lends, Provides};
use crate::state::{Ready, State};

/// An instance that is there once the container is complete.
///
/// Two services that need each other are a cycle, which does not compile; one of them takes the other as `Lazy`. It
/// holds no strong reference, so that the two do not keep each other alive.
///
/// ```
/// use std::sync::Arc;
/// use di_core::{Lazy, container, service};
///
/// #[service]
/// pub struct Engine {
///     monitor: Lazy<Monitor>,
/// }
///
/// #[service]
/// pub struct Monitor {
///     engine: Arc<Engine>,
/// }
///
/// #[container]
/// pub struct App {
///     engine: Engine,
///     monitor: Monitor,
/// }
///
/// let app = App::build(AppInputs {});
/// let monitor = app.get::<Engine>().monitor.get()?;
/// assert!(Arc::ptr_eq(&monitor, &app.shared()));
/// # Ok::<(), di_core::LazyError>(())
/// ```
pub struct Lazy<T: ?Sized>(Arc<OnceLock<Weak<T>>>);

impl<T: ?Sized> Lazy<T> {
    /// The instance.
    ///
    /// # Errors
    ///
    /// [`LazyError::NotBuilt`] while the container is being built, [`LazyError::Gone`] after it was dropped.
    pub fn get(&self) -> Result<Arc<T>, LazyError> {
        let instance = self.0.get().ok_or(LazyError::NotBuilt)?;
        instance.upgrade().ok_or(LazyError::Gone)
    }
}

/// Why a [`Lazy`] has no instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LazyError {
    /// The container is not complete: a constructor asked too early.
    NotBuilt,
    /// The container, and with it the instance, has been dropped.
    Gone,
}

impl fmt::Display for LazyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotBuilt => "the container is not complete yet: a `Lazy` cannot be used in a constructor",
            Self::Gone => "the container of this `Lazy` has been dropped",
        })
    }
}

impl core::error::Error for LazyError {}

impl<T: ?Sized> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "Lazy(built)" } else { "Lazy(not built)" })
    }
}

impl<T: ?Sized + 'static> Injectable for Lazy<T> {}

impl<T: ?Sized> Again<Self> for Lazy<T> {
    fn give(&self) -> Self {
        Self::clone(self)
    }
}

impl<C, T: ?Sized + Send + Sync + 'static> Dependency<C> for Lazy<T>
where
    C: Lends<T>,
{
    type Again = Self;

    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        deferred::<C, T, S>(slots, <C as Provides<T>>::take::<Ready>)
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Self {
        <Self as Dependency<C>>::take(slots)
    }
}

impl<C, T: ?Sized + Send + Sync + 'static, Q: 'static> Dependency<C> for Qualified<Q, Lazy<T>>
where
    C: Lends<T, Q>,
{
    type Again = QualifiedAgain<Lazy<T>>;

    fn take<S: State>(slots: &C::Slots<S>) -> Self {
        Self::new(deferred::<C, T, S>(slots, <C as Provides<T, Q>>::take::<Ready>))
    }

    fn again<S: State>(slots: &C::Slots<S>) -> Self::Again {
        QualifiedAgain(<Self as Dependency<C>>::take(slots).value)
    }
}

/// An empty cell that is filled as soon as the container is complete.
fn deferred<C, T, S>(slots: &C::Slots<S>, find: fn(&C::Slots<Ready>) -> Arc<T>) -> Lazy<T>
where
    C: Container,
    T: ?Sized + Send + Sync + 'static,
    S: State,
{
    let cell = Arc::new(OnceLock::new());
    let handle = Arc::clone(&cell);
    S::defer::<C, _>(slots, move |ready| {
        // The cell is new and known to nobody else: it is empty.
        let _ = handle.set(Arc::downgrade(&find(ready)));
    });
    Lazy(cell)
}
