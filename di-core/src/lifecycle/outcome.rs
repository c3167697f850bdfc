//! The outcome of a run, and its exit code.

use std::fmt;
use std::process::{ExitCode, Termination};

use super::drive::Stopped;
use super::error::StartError;
use super::report::StartReport;

/// How a run ended: what [`Application::run`](super::Application::run) gives, for `main` to return.
///
/// The exit code is 0 if everything started and stopped, and 1 after a failed or cancelled start, a failed stop, or
/// the death of a background task.
///
/// ```no_run
/// use di_core::lifecycle::{Application, Outcome, Plan};
///
/// #[tokio::main]
/// async fn main() -> Result<Outcome, di_core::lifecycle::PlanError> {
///     Ok(Application::new(Plan::new([])?).run().await)
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Outcome {
    start: Result<StartReport, StartError>,
    /// Nothing if this call has started nothing.
    stop: Option<Stopped>,
}

impl Outcome {
    pub(super) fn new(start: Result<StartReport, StartError>, stop: Option<Stopped>) -> Self {
        Self { start, stop }
    }

    /// How the start ended.
    pub fn start(&self) -> &Result<StartReport, StartError> {
        &self.start
    }

    /// How the stop or the rollback ended; nothing if this run started nothing.
    pub fn stop(&self) -> Option<&Stopped> {
        self.stop.as_ref()
    }

    /// Whether everything started and stopped.
    pub fn is_success(&self) -> bool {
        self.start.is_ok() && self.stop.as_ref().is_none_or(Result::is_ok)
    }

    /// What the process should exit with.
    pub fn exit_code(&self) -> u8 {
        u8::from(!self.is_success())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.start, &self.stop) {
            // It has the errors of the rollback attached.
            (Err(error), _) => error.fmt(f),
            (Ok(_), Some(Err(error))) => error.fmt(f),
            (Ok(_), _) => f.write_str("everything has stopped"),
        }
    }
}

impl Termination for Outcome {
    /// Says on the standard error stream what went wrong, as `main` does with an error.
    fn report(self) -> ExitCode {
        if !self.is_success() {
            eprintln!("Error: {self}");
        }
        ExitCode::from(self.exit_code())
    }
}

/// Says something that must not be missed: as an event, or on the standard error stream where nobody hears events.
pub(super) fn say_loudly(what: &impl fmt::Display) {
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::error!("{what}");
    } else {
        eprintln!("{what}");
    }
}
