//! The forms of a dependency.

use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;

use super::factory::Factory;
use super::many::Many;
use crate::service::Service;

/// A type that can stand as a service's field or constructor argument.
///
/// | type | meaning |
/// | --- | --- |
/// | `Arc<dyn I>`, `Arc<T>` | one instance, by interface or by concrete type |
/// | `Option<Arc<dyn I>>` | the same, or `None` where the container declares it absent |
/// | [`Many<dyn I>`](Many) | every member of a group |
/// | [`Lazy<dyn I>`](crate::dependency::Lazy) | one instance, available once the container is complete |
/// | [`Factory<T, Args>`](crate::dependency::Factory) | a new instance per call |
#[diagnostic::on_unimplemented(
    message = "[DI0001] `{Self}` cannot be injected",
    label = "neither `Arc<..>`, `Option<Arc<..>>`, `Many<..>`, `Lazy<..>` nor `Factory<..>`",
    note = "ask for `Arc<{Self}>`, or say where the value comes from: `#[inject(default)]`, `#[inject(key)]` or `#[arg]`",
    note = "see `di_core::diagnostics::DI0001`"
)]
pub trait Injectable: Sized + 'static {}

impl<T: ?Sized + 'static> Injectable for Arc<T> {}
impl<T: ?Sized + 'static> Injectable for Option<Arc<T>> {}
impl<T: ?Sized + 'static> Injectable for Many<T> {}
impl<T: Service, Args: 'static> Injectable for Factory<T, Args> {}
#[cfg(feature = "std")]
impl<T: ?Sized + 'static> Injectable for crate::dependency::Lazy<T> {}

/// A dependency on the binding under the marker type `Q`: what `#[inject(qualified = Q)]` asks for.
#[doc(hidden)]
pub struct Qualified<Q, D> {
    /// The dependency itself.
    pub value: D,
    qualifier: PhantomData<fn() -> Q>,
}

impl<Q, D> Qualified<Q, D> {
    /// What a container gives under `Q`.
    #[inline]
    pub const fn new(value: D) -> Self {
        Self { value, qualifier: PhantomData }
    }
}

impl<Q, D: fmt::Debug> fmt::Debug for Qualified<Q, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Qualified").field(&self.value).finish()
    }
}
