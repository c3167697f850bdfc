//! Deferred dependencies: the legal way out of a cycle.

use alloc::sync::{Arc, Weak};
use core::fmt;
use std::sync::OnceLock;

/// An instance that is available once the container is complete.
///
/// Two services that need each other form a cycle, which does not compile, unless one of them takes the other as `Lazy`. It
/// holds no strong reference, so the two do not keep each other alive.
///
/// ```
/// use std::sync::Arc;
/// use di_core::dependency::Lazy;
/// use di_core::{container, service};
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
/// # Ok::<(), di_core::dependency::LazyError>(())
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
#[non_exhaustive]
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

impl<T: ?Sized> Lazy<T> {
    /// One whose instance is not built yet.
    #[doc(hidden)]
    pub fn empty() -> Self {
        Self(Arc::new(OnceLock::new()))
    }

    /// Fills it, and with it its clones.
    pub(crate) fn fill(&self, instance: &Arc<T>) {
        // Filled once, by the build that made it: it is empty.
        let _ = self.0.set(Arc::downgrade(instance));
    }
}
