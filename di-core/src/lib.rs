#![cfg_attr(not(feature = "std"), no_std)]
//! Dependency injection that the compiler checks and nobody pays for at run time.
//!
//! A **service** says what it needs and what it provides. A **container** says what exists, for how long and under
//! which names. The **compiler** checks that the two agree, and then gets out of the way.
//!
//! ```
//! use std::sync::Arc;
//! use di_core::{container, interface, service};
//!
//! #[interface]
//! pub trait IClock {
//!     fn now_ms(&self) -> u64;
//! }
//!
//! #[service(provides = IClock)]
//! pub struct SystemClock;
//!
//! impl IClock for SystemClock {
//!     fn now_ms(&self) -> u64 { 1_700_000_000_000 }
//! }
//!
//! #[service]
//! pub struct Journal {
//!     clock: Arc<dyn IClock>,
//! }
//!
//! #[container]
//! pub struct App {
//!     journal: Journal,
//!     clock: SystemClock,
//! }
//!
//! let app = App::build(AppInputs {});
//! let clock: &dyn IClock = app.get();         // a field load
//! let same: &SystemClock = app.get();         // the same instance
//! let journal: Arc<Journal> = app.shared();   // an `Arc::clone`
//! assert_eq!(clock.now_ms(), same.now_ms());
//! assert_eq!(journal.clock.now_ms(), clock.now_ms());
//! ```
//!
//! Remove `clock: SystemClock` from `App`, and it does not compile; the error names `dyn IClock`, `Journal` and its
//! field, and its code, DI0001, has a page in [`diagnostics`].
//!
//! - [`service`](macro@service), [`container`](macro@container) and [`interface`](macro@interface) list what can be written.
//! - [`Resolve`](resolve::Resolve) is `app.get()`; in other modules than the container's it needs `use di_core::prelude::*`.
//! - [`dependency`] has what a service can ask for besides `Arc<T>`: [`Lazy`](dependency::Lazy),
//!   [`Factory`](dependency::Factory), [`Many`](dependency::Many).
//! - [`error`] has [`BoxError`](error::BoxError), and what fails at run time.
//! - [`lifecycle`], [`health`], [`events`], [`report`] and [`axum`] are features of their names.
//! - [`Lends`] and [`Provides`] are the bounds of code that is generic over the container.
//! - [`Container::GRAPH`] is the graph as a constant.
//!
//! The guide in the repository's `docs/guide` shows every feature.

extern crate alloc;
// So that doc tests and the crate's own tests can use the macros, whose output names the crate.
extern crate self as di_core;

#[doc(hidden)]
pub mod answer;
mod assembly;
#[cfg(feature = "axum")]
pub mod axum;
mod construct;
mod container;
pub mod dependency;
pub mod diagnostics;
pub mod error;
#[cfg(feature = "events")]
pub mod events;
mod export;
#[doc(hidden)]
pub mod generic;
pub mod graph;
#[cfg(feature = "health")]
pub mod health;
mod inspect;
#[cfg(feature = "lifecycle")]
pub mod lifecycle;
pub mod mode;
#[cfg(feature = "std")]
mod panics;
pub mod prelude;
#[cfg(feature = "report")]
pub mod report;
mod request;
pub mod resolve;
mod service;
mod template;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use container::Container;
#[cfg(feature = "macros")]
pub use di_macros::{container, interface, service};
pub use generic::{Lends, Provides};
pub use service::{Close, Service};
