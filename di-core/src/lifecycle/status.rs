//! The status of an application and of each service, and the probes.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::shared_state::SharedState;

/// Where an application is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum State {
    /// Nothing has happened yet.
    New,
    /// Services are starting.
    Starting,
    /// All services have started.
    Running,
    /// It will stop: readiness is down, and no service has been stopped yet.
    Draining,
    /// Services are stopping, or are rolled back after a failed start.
    Stopping,
    /// Nothing runs any more.
    Stopped,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::New => "new",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Draining => "draining",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        })
    }
}

/// How a service is.
///
/// Later ones are not worse than earlier ones: [`HealthStatus::is_worse_than`] knows which is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum HealthStatus {
    /// It starts, or waits until what it needs has started.
    Starting,
    /// It has started.
    Healthy,
    /// It works, but not as well as it should: only health checks say so.
    Degraded,
    /// It does not work: only health checks say so.
    Unhealthy,
    /// It is being stopped; a service that did not stop in time stays so.
    Stopping,
    /// It has stopped, or was never started.
    Stopped,
}

impl HealthStatus {
    /// Whether it counts more than the other where the worst counts: unhealthy, degraded, stopped, stopping, starting,
    /// healthy.
    ///
    /// ```
    /// use di_core::lifecycle::HealthStatus;
    ///
    /// assert!(HealthStatus::Unhealthy.is_worse_than(HealthStatus::Degraded));
    /// assert!(!HealthStatus::Healthy.is_worse_than(HealthStatus::Healthy));
    /// ```
    pub fn is_worse_than(self, other: Self) -> bool {
        self.weight() > other.weight()
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    fn weight(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Starting => 1,
            Self::Stopping => 2,
            Self::Stopped => 3,
            Self::Degraded => 4,
            Self::Unhealthy => 5,
        }
    }
}

impl fmt::Display for HealthStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The status of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceStatus {
    /// Its name in the plan.
    pub service: &'static str,
    /// How it is.
    pub status: HealthStatus,
}

/// The two questions that an orchestrator asks, for whoever answers them over the network.
///
/// Readiness goes down before the first service is stopped, so that no new work arrives; liveness stays up until all
/// have stopped, so that nobody kills what is still stopping.
///
/// ```
/// use di_core::lifecycle::{Application, Plan};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let application = Application::new(Plan::new([])?);
/// let probes = application.probes();
/// assert!(probes.is_live() && !probes.is_ready());
/// application.start().await?;
/// assert!(probes.is_live() && probes.is_ready());
/// application.stop().await?;
/// assert!(!probes.is_live() && !probes.is_ready() && probes.is_stopping());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Probes {
    shared: Arc<SharedState>,
}

impl Probes {
    pub(super) fn new(shared: Arc<SharedState>) -> Self {
        Self { shared }
    }

    /// Whether new work is welcome: all services have started, none is known to be unhealthy, and nobody has asked to
    /// stop.
    pub fn is_ready(&self) -> bool {
        self.shared.is_ready()
    }

    /// Whether somebody has asked the application to stop, or something has made it.
    ///
    /// A hook that is called when it is not set belongs to a single service that an operator stops.
    pub fn is_stopping(&self) -> bool {
        self.shared.requested().is_some()
    }

    /// Waits until all services have started; for ever if they never do.
    ///
    /// It is for a background task whose end is that of the application: to ask for the stop earlier would be to cancel
    /// the start.
    pub async fn until_started(&self) {
        self.shared.until_running().await;
    }

    /// Whether it should be left alone: it has not stopped yet, and no health check says that it does not work. Checks
    /// of the outside world are left out: a restart would not mend it.
    pub fn is_live(&self) -> bool {
        self.shared.is_live()
    }
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probes").field("is_ready", &self.is_ready()).field("is_live", &self.is_live()).finish()
    }
}
