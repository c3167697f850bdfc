//! What can be seen from outside: the state of the application, the status of each service, and the probes.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::board::Board;

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

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
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

/// The status of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceStatus {
    /// Its name in the plan.
    pub service: &'static str,
    /// How it is.
    pub status: Status,
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
/// assert!(!probes.is_live() && !probes.is_ready());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Probes {
    board: Arc<Board>,
}

impl Probes {
    pub(super) fn new(board: Arc<Board>) -> Self {
        Self { board }
    }

    /// Whether new work is welcome: all services have started, and nobody has asked to stop.
    pub fn is_ready(&self) -> bool {
        self.board.state() == State::Running && self.board.requested().is_none()
    }

    /// Waits until all services have started; for ever if they never do.
    ///
    /// It is for a background task whose end is that of the application: to ask for the stop earlier would be to cancel
    /// the start.
    pub async fn until_started(&self) {
        self.board.until_running().await;
    }

    /// Whether it should be left alone: it has not stopped yet.
    pub fn is_live(&self) -> bool {
        self.board.state() != State::Stopped
    }
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probes").field("is_ready", &self.is_ready()).field("is_live", &self.is_live()).finish()
    }
}
