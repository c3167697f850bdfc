//! The lifecycle of services: start, supervision and stop, along a graph that is known before anything runs.
//!
//! A [`Plan`] says what exists, what needs what, and which services have hooks. An [`Application`] carries it out: a
//! service starts as soon as all that it needs has started, and stops when nobody that needs it runs any more.
//!
//! ```
//! use std::sync::Arc;
//! use di_core::lifecycle::{Application, Context, Lifecycle, Plan, PlanNode};
//! use di_core::error::BoxError;
//! use di_core::interface;
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
//! A program calls [`Application::run`], or [`Run::run`] on its container, instead: it arms the signals,
//! starts, waits, stops, and gives an exit code.
//!
//! # Metrics
//!
//! With the feature `metrics`, this is told to the recorder of the crate `metrics` that the program has installed. The
//! label `container` is empty for a plan whose nodes were listed by hand.
//!
//! | metric | kind | labels | |
//! | --- | --- | --- | --- |
//! | `di_service_starts_total` | counter | `container`, `service`, `result` | services that were to be started: `started`, `failed`, `cancelled`, `not_begun` |
//! | `di_service_start_duration_seconds` | histogram | `container`, `service` | how long a start took that succeeded |
//! | `di_service_stops_total` | counter | `container`, `service`, `result` | services that were stopped: `stopped`, `failed`, `abandoned` |
//! | `di_service_stop_duration_seconds` | histogram | `container`, `service` | how long a stop took, its background tasks included |
//! | `di_service_failures_total` | counter | `container`, `service`, `step` | what went wrong in a `start`, `on_abort`, `stop` or `task` |
//! | `di_task_restarts_total` | counter | `container`, `service`, `task` | background tasks that died and were made anew |
//! | `di_service_health` | gauge | `container`, `service`, `status` | 1 for the effective status that the service has, 0 for one that it had |
//! | `di_health_checks_total` | counter | `container`, `service`, `status` | checks that came to an end, by what they found |
//! | `di_health_check_duration_seconds` | histogram | `container`, `service` | how long a check took |

mod application;
mod backoff;
mod command;
mod constructions;
mod context;
mod drive;
mod engine;
mod error;
pub(crate) mod failure;
mod forced_exit;
pub(crate) mod hook_set;
mod hooks;
mod members;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
pub(crate) mod millis;
mod names;
mod of_container;
mod outcome;
mod owned_task;
mod plan;
mod plan_node;
mod registry;
mod report;
mod run;
pub(crate) mod service_state;
mod settings;
pub(crate) mod shared_state;
mod signals;
mod start_run;
mod status;
mod stop_reason;
mod stop_run;
mod stopping;
mod supervisor;
mod tasks;
mod time;
mod unknown;

pub use application::Application;
pub use backoff::Backoff;
pub use constructions::Constructions;
pub(crate) use constructions::{Listener, Timing};
pub use context::Context;
pub use error::{StartCause, StartError, StopError};
pub use failure::{Failure, ServiceFailure, Step};
pub use forced_exit::ForcedExit;
pub use hooks::Lifecycle;
#[doc(hidden)]
pub use of_container::Managed;
pub use outcome::Outcome;
pub use plan::{Plan, PlanError};
pub use plan_node::PlanNode;
pub use registry::{RegisteredService, Registry, RegistryError};
pub use report::{ServiceStart, ServiceStop, StartReport, StartResult, StopReport, StopResult};
pub use run::Run;
pub use settings::Settings;
pub use signals::{OsSignals, Signals};
pub use status::{HealthStatus, Probes, ServiceStatus, State};
pub use stop_reason::StopReason;
pub use stopping::Stopping;
pub use supervisor::Restart;
pub use time::{Sleep, Time, TokioTime};
pub use unknown::UnknownService;
