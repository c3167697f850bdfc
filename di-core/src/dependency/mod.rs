//! The forms of a dependency besides `Arc<T>`: later, anew at each call, or all of a group.
//!
//! [`Injectable`] lists every form. The container sees from the type of a field or an argument which one is meant.

pub(crate) mod factory;
pub(crate) mod injectable;
#[cfg(feature = "std")]
pub(crate) mod lazy;
pub(crate) mod many;

pub use factory::Factory;
pub use injectable::Injectable;
#[cfg(feature = "std")]
pub use lazy::{Lazy, LazyError};
pub use many::{Many, Members};
