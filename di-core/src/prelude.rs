//! The traits whose methods are called on a container: `use di_core::prelude::*`.
//!
//! In the module where a container stands, they are in scope already.

pub use crate::container::Container as _;
pub use crate::resolve::{Resolve as _, ResolveMore as _};
