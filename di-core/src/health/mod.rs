//! Health of services while an application runs: checks, their roll-up along the graph, readiness and liveness.
//!
//! A service that says `health` and implements [`HealthCheck`] is asked at an interval; one that does not is as healthy
//! as its lifecycle says. Checks run at once, each with a time-out, and the worst counts. What is found goes along the
//! graph: a service is at most degraded while something that it needs is unhealthy, and its record says because of
//! which.
//!
//! [`Application::health`](crate::lifecycle::Application::health) gives a [`HealthMonitor`], which answers for one service
//! or all, now, in the last 100 records, and over the last hours. Changes can be heard of as [`HealthEvent`]s, and with
//! the feature `events` on an event bus.

mod advice;
mod change;
mod check;
mod finding;
mod listeners;
mod monitor;
mod record;
mod roll_up;
mod store;
mod trend;
mod watch;

pub use change::{HealthChanged, HealthEvent, HealthEvents, ServiceUnhealthy};
#[doc(hidden)]
pub use check::Watched;
pub use check::{Health, HealthCheck};
pub use monitor::HealthMonitor;
pub use record::HealthRecord;
pub(crate) use store::HealthStore;
pub use trend::{Direction, HealthTrend};
pub(crate) use watch::Watch;

pub use crate::lifecycle::HealthStatus;
