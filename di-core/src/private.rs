//! What generated code calls. Nothing here is for users, and any of it may change.

pub use alloc::boxed::Box;
pub use alloc::sync::Arc;
pub use alloc::vec::Vec;

#[cfg(feature = "health")]
pub use crate::health::Watched;
#[cfg(feature = "lifecycle")]
pub use crate::lifecycle::Managed;
#[cfg(feature = "async-trait")]
pub use async_trait::async_trait;
#[cfg(feature = "macros")]
pub use di_macros::{field, override_container};

pub use crate::build::pending::Pending;
pub use crate::build::{Build, build, nested};
pub use crate::check;
pub use crate::container::{Assemble, Visit};
pub use crate::dependency::{Dependency, Injectable, List, Qualified, Repeat, Repeats};
pub use crate::error::BuildError;
pub use crate::factory::{anew, new};
pub use crate::graph::{Edge, Graph, Kind, Member, Node, Registration, Target, Wanted};
pub use crate::mode::{BuildFuture, Mode, Moded};
pub use crate::not_a_service;
pub use crate::probe::{
    CannotExport, CannotMake, CannotOpen, Current, Exported, Make, Members, NoService, OneMember, Open, Probe,
    ServiceProbe, Unanswered,
};
pub use crate::provides::{Fresh, Keeps, Kept, Makes, Provides, ProvidesOptional, Unqualified};
pub use crate::service::{Field, Held, Hold, Key, Made, Making, Object, View};
pub use crate::state::{Concurrent, Deferral, Deferrals, Filling, InOrder, Ready, State};
pub use crate::tools::{close, lookup};

/// Stands in for the hidden macro of a service where a type has none.
#[doc(hidden)]
#[macro_export]
macro_rules! not_a_service {
    ([$($callback:tt)*] $($field:tt)*) => { $($callback)*! { {} $($field)* } };
}
