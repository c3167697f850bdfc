//! The names that generated code uses. Nothing here is for users, and any of it may change.

pub use alloc::sync::Arc;
pub use alloc::vec::Vec;

#[cfg(feature = "health")]
pub use crate::health::Watched;
#[cfg(feature = "lifecycle")]
pub use crate::lifecycle::Managed;
#[cfg(feature = "async-trait")]
pub use async_trait::async_trait;
#[cfg(feature = "macros")]
pub use di_macros::{collect, finish, override_container};

pub use crate::assembly::*;
pub use crate::construct::{
    Construct, ConstructAsync, Done, Fallible, TryConstruct, TryConstructAsync, fallible_async,
};
pub use crate::container::{
    Assemble, ByInterface, ByItself, Concrete, Concretely, Dual, Interface, Keeps, Makes, ProvidedBy, Provider,
    Registered, Resolved, Stored, Unqualified, Visitor, Wiring,
};
pub use crate::error::BuildError;
pub use crate::graph::tables::{Decoded, Tables};
pub use crate::injectable::{Injectable, Qualified};
pub use crate::inspect::{Closing, Instance, close, lookup};
pub use crate::mode::Declared;
pub use crate::request::Request;
pub use crate::service::{Closed, Object};
pub use crate::{not_a_service, write_service, write_view};

/// Stands in for the hidden macro of a service where a type has none: it says nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! not_a_service {
    ([$next:ident $more:tt] $said:tt) => {
        $next! { $more { $said "" } }
    };
}
