//! The state of one service in its life, and its last failure.

#[cfg(feature = "health")]
use super::failure::Cause;
use super::status::HealthStatus;

/// How far a service has come. More than its [`HealthStatus`] says: it decides which hook clears it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its start has not begun.
    NotStarted,
    /// Its `start` is about to be polled for the first time. If it is cancelled now, it was never called.
    Called,
    /// Its `start` runs.
    Starting,
    /// Its `start` has returned.
    Started,
    /// Its `start` ended in another way: `on_abort` is its hook.
    HalfStarted,
    /// Its `start` did not end although it was cancelled: no hook may run beside it.
    Stuck,
    /// `stop` or `on_abort` runs, or its background tasks are ending.
    Stopping,
    /// `stop` or `on_abort` did not end in time.
    Abandoned,
    /// Nothing of it runs any more.
    Stopped,
}

/// What changes about a service.
#[derive(Debug, Clone)]
pub(crate) struct ServiceState {
    pub(crate) phase: Phase,
    /// How often it has started: what is known of one run says nothing about the next.
    pub(crate) run: u32,
    /// What went wrong last, since its last start.
    pub(crate) last_failure: Option<LastFailure>,
}

/// What went wrong with a service, for whoever asks later.
#[derive(Debug, Clone)]
pub(crate) struct LastFailure {
    #[cfg(feature = "health")]
    pub(crate) cause: Cause,
    pub(crate) text: String,
}

impl ServiceState {
    /// What the lifecycle knows, without its health check.
    pub(crate) fn status(&self, application_starts: bool) -> HealthStatus {
        match self.phase {
            Phase::NotStarted if application_starts => HealthStatus::Starting,
            Phase::NotStarted | Phase::Stopped => HealthStatus::Stopped,
            Phase::Called | Phase::Starting => HealthStatus::Starting,
            Phase::Started if self.last_failure.is_some() => HealthStatus::Unhealthy,
            Phase::Started => HealthStatus::Healthy,
            Phase::HalfStarted | Phase::Stuck | Phase::Stopping | Phase::Abandoned => HealthStatus::Stopping,
        }
    }
}
