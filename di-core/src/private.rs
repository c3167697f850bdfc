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
pub use crate::build::{Build, Round, build, nested, place};
pub use crate::check;
pub use crate::container::{Assemble, Visit};
pub use crate::deferral::{Deferrals, Deferring, Defers};
pub use crate::dependency::{Dependency, Injectable, List, Maker, Qualified};
pub use crate::error::BuildError;
pub use crate::factory::{anew, new};
pub use crate::field::{Field, edges, node, with_keys};
pub use crate::graph::{Edge, Graph, Kind, Member, Node, Registration, Target, Wanted};
pub use crate::instance::{Instance, Way};
pub use crate::mode::{AsyncFallible, AsyncInfallible, BuildFuture, Mode, Moded, SyncFallible, SyncInfallible, Then};
pub use crate::not_a_service;
pub use crate::probe::{
    CannotExport, CannotMake, CannotOpen, Current, Exported, InjectableProbe, Make, Members, NoService, NotInjectable,
    OneMember, Open, Probe, ServiceProbe, Unanswered,
};
pub use crate::provides::{Keeps, Lends, Makes, Provides, ProvidesOptional, Unqualified, seen};
pub use crate::service::{Filled, Held, Hold, Key, Made, Making, Object};
pub use crate::state::{Filling, InOrder, Ready, State};
pub use crate::tools::{close, lookup};
pub use crate::{X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, Xa, Xb, Xc, Xd, Xe, Xf};

/// Stands in for the hidden macro of a service where a type has none.
#[doc(hidden)]
#[macro_export]
macro_rules! not_a_service {
    ([$($callback:tt)*] $($field:tt)*) => { $($callback)*! { {} $($field)* } };
}
