//! Errors of a start or a stop: the first cause, and all that went wrong because of it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::failure::ServiceFailure;
use super::report::{StartReport, StopReport};
use super::start_run::StartAborted;
use super::stop_reason::StopReason;
use crate::error::BoxError;

/// Why a start did not succeed.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartCause {
    /// It has been called before. Nothing was done.
    AlreadyStarted,
    /// It was called outside of a tokio runtime, or that has shut down.
    NoRuntime,
    /// The signals could not be armed. Nothing was started.
    Signals(BoxError),
    /// It was asked to stop.
    Cancelled {
        /// Why.
        reason: StopReason,
        /// The services that were starting at that moment.
        place: Vec<&'static str>,
    },
    /// These have been abandoned when they did not stop: they may still run, and are not started a second time.
    StillRunning {
        /// Their names.
        services: Vec<&'static str>,
    },
    /// A hook failed, or a background task died.
    Service(ServiceFailure),
}

/// A start that did not succeed: its first cause, and what else went wrong before everything was stopped again.
///
/// ```
/// use std::sync::Arc;
/// use di_core::lifecycle::{Application, Context, Lifecycle, Plan, PlanNode, StartCause};
/// use di_core::error::BoxError;
/// use di_core::interface;
///
/// struct Venue;
///
/// #[interface]
/// impl Lifecycle for Venue {
///     async fn start(&self, _context: &Context) -> Result<(), BoxError> {
///         Err("connection refused".into())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let application = Application::new(Plan::new([PlanNode::new("Venue").hooks(Arc::new(Venue))])?);
/// let error = application.start().await.expect_err("the venue refuses");
/// assert!(matches!(error.cause(), StartCause::Service(failure) if failure.service() == "Venue"));
/// assert!(error.to_string().starts_with("`Venue` could not start: connection refused"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct StartError(Box<StartParts>);

#[derive(Debug)]
struct StartParts {
    cause: StartCause,
    siblings: Vec<ServiceFailure>,
    rollback: Option<StopError>,
    report: Option<StartReport>,
}

/// A stop in which something went wrong: everything was attempted nevertheless.
///
/// If a background task died and that is why the application stopped, it is the first failure. Clones share one error,
/// because everybody who waits for the same stop is given the same result.
#[derive(Debug, Clone)]
pub struct StopError(Arc<StopParts>);

#[derive(Debug)]
struct StopParts {
    failures: Vec<ServiceFailure>,
    report: Option<StopReport>,
}

impl StartError {
    pub(super) fn new(cause: StartCause) -> Self {
        Self(Box::new(StartParts { cause, siblings: Vec::new(), rollback: None, report: None }))
    }

    pub(super) fn rolled_back(aborted: StartAborted, rollback: Option<StopError>) -> Self {
        let StartAborted { cause, siblings, report } = aborted;
        Self(Box::new(StartParts { cause, siblings, rollback, report: Some(report) }))
    }

    /// What went wrong first.
    pub fn cause(&self) -> &StartCause {
        &self.0.cause
    }

    /// What went wrong with services that were starting at the same time.
    pub fn siblings(&self) -> &[ServiceFailure] {
        &self.0.siblings
    }

    /// What went wrong while everything was stopped again.
    pub fn rollback(&self) -> &[ServiceFailure] {
        self.0.rollback.as_ref().map_or(&[], StopError::failures)
    }

    /// How far it had come, if it had begun: which services had started, and what took how long.
    pub fn report(&self) -> Option<&StartReport> {
        self.0.report.as_ref()
    }

    /// Whether the start was cancelled, and nothing failed.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.0.cause, StartCause::Cancelled { .. })
    }
}

impl StopError {
    pub(super) fn new(failures: Vec<ServiceFailure>, report: StopReport) -> Self {
        Self(Arc::new(StopParts { failures, report: Some(report) }))
    }

    /// The runtime has dropped what would have stopped the services.
    pub(super) fn no_runtime() -> Self {
        Self(Arc::new(StopParts { failures: Vec::new(), report: None }))
    }

    /// What went wrong, the first cause first. It is empty only if the tokio runtime shut down before the stop ended.
    pub fn failures(&self) -> &[ServiceFailure] {
        &self.0.failures
    }

    /// What was stopped nevertheless, if the stop came to its end.
    pub fn report(&self) -> Option<&StopReport> {
        self.0.report.as_ref()
    }
}

impl fmt::Display for StartCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyStarted => f.write_str("the application has been started before"),
            Self::NoRuntime => f.write_str("the application needs a tokio runtime that runs"),
            Self::Signals(error) => write!(f, "the signals could not be armed: {error}"),
            Self::Cancelled { reason, place } if place.is_empty() => {
                write!(f, "the start was cancelled before any service was starting: {reason}")
            }
            Self::Cancelled { reason, place } => {
                write!(f, "the start was cancelled while `{}` was starting: {reason}", place.join("`, `"))
            }
            Self::StillRunning { services } => {
                write!(f, "`{}` did not stop when it was asked to, and may still run", services.join("`, `"))
            }
            Self::Service(failure) => failure.fmt(f),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.cause.fmt(f)?;
        self.0.siblings.iter().try_for_each(|failure| write!(f, "; at the same time: {failure}"))?;
        self.rollback().iter().try_for_each(|failure| write!(f, "; then: {failure}"))
    }
}

impl fmt::Display for StopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.report.is_none() {
            return f.write_str("the tokio runtime shut down before everything had stopped");
        }
        for (place, failure) in self.failures().iter().enumerate() {
            let separator = if place == 0 { "" } else { "; " };
            write!(f, "{separator}{failure}")?;
        }
        Ok(())
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0.cause {
            StartCause::Service(failure) => failure.source(),
            StartCause::Signals(error) => Some(&**error),
            _ => None,
        }
    }
}

impl Error for StopError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failures().first().and_then(Error::source)
    }
}
