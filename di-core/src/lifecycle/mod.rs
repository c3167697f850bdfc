//! How services are started, supervised and stopped, along a graph that is known before anything runs.
//!
//! A [`Plan`] says what exists, what needs what, and which services have hooks. An [`Application`] carries it out: a
//! service starts as soon as all that it needs has started, and stops when nobody that needs it runs any more.
//!
//! ```
//! use std::sync::Arc;
//! use di_core::lifecycle::{Application, Context, Lifecycle, Plan, PlanNode};
//! use di_core::{BoxError, interface};
//!
//! struct Venue;
//!
//! #[interface]
//! impl Lifecycle for Venue {
//!     async fn start(&self, context: &Context) -> Result<(), BoxError> {
//!         context.spawn("heartbeat", async { std::future::pending().await });
//!         Ok(())
//!     }
//! }
//!
//! struct Market;
//!
//! impl Lifecycle for Market {}
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let plan = Plan::new([
//!     PlanNode::new("Market").after([1]).hooks(Arc::new(Market)),
//!     PlanNode::new("Venue").hooks(Arc::new(Venue)),
//! ])?;
//! assert_eq!(plan.order().collect::<Vec<_>>(), ["Venue", "Market"]);
//!
//! let application = Application::new(plan);
//! let report = application.start().await?;
//! assert_eq!(report.critical_path().last(), Some(&"Market"));
//! application.stop().await?;
//! # Ok(())
//! # }
//! ```
//!
//! A program calls [`Application::run`] instead: it arms the signals, starts, waits, stops, and gives an exit code.

mod application;
mod ascent;
mod board;
mod context;
mod crew;
mod descent;
mod drive;
mod engine;
mod error;
mod hooks;
mod of_container;
mod outcome;
mod panics;
mod plan;
mod report;
mod settings;
mod signals;
mod status;
mod tasks;
mod time;

pub use application::{Application, ForcedExit};
pub use context::Context;
pub use error::{Failure, ServiceFailure, StartCause, StartError, Step, StopError, StopReason};
pub use hooks::Lifecycle;
#[doc(hidden)]
pub use of_container::{Answers, Flat, Managed, Place};
pub use outcome::Outcome;
pub use plan::{Plan, PlanError, PlanNode};
pub use report::{ServiceStart, ServiceStop, StartReport, StopReport, StopResult};
pub use settings::{Settings, UnknownService};
pub use signals::{OsSignals, Signals};
pub use status::{Probes, ServiceStatus, State, Status};
pub use tasks::{Restart, Stopping};
pub use time::{Sleep, Time, TokioTime};
