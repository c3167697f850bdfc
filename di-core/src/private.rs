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
    Assemble, ByInterface, ByItself, Concrete, Concretely, Contents, Dual, Interface, Keeps, Makes, ProvidedBy,
    Provider, Registered, Resolved, Stored, Unqualified, Visitor, Wiring,
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

/// What stands in for each link of a chunk whose type has no hidden macro, under the names of the links.
pub mod unlisted {
    pub use crate::{
        not_a_service as __service_0, not_a_service as __service_1, not_a_service as __service_2,
        not_a_service as __service_3, not_a_service as __service_4, not_a_service as __service_5,
        not_a_service as __service_6, not_a_service as __service_7, not_a_service as __service_8,
        not_a_service as __service_9, not_a_service as __service_10, not_a_service as __service_11,
        not_a_service as __service_12, not_a_service as __service_13, not_a_service as __service_14,
        not_a_service as __service_15, not_a_service as __service_16, not_a_service as __service_17,
        not_a_service as __service_18, not_a_service as __service_19, not_a_service as __service_20,
        not_a_service as __service_21, not_a_service as __service_22, not_a_service as __service_23,
        not_a_service as __service_24, not_a_service as __service_25, not_a_service as __service_26,
        not_a_service as __service_27, not_a_service as __service_28, not_a_service as __service_29,
    };
}
