//! What can go wrong in a life: the first cause, with name and time, and all that went wrong because of it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::ascent::Fall;
use super::report::{StartReport, StopReport};
use crate::service::BoxError;

/// What went wrong in one hook or background task.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// It returned an error.
    Error(BoxError),
    /// It panicked, with this message.
    Panicked(String),
    /// It had not ended when its time was over. It was cancelled.
    TimedOut {
        /// How long it might have taken: its own budget, or what was left of the total.
        budget: Duration,
    },
    /// It was cancelled, and did not end: it blocks its thread. Nobody waits for it any more.
    Abandoned,
    /// The tokio runtime dropped it: it is shutting down.
    Dropped,
}

/// A step in the life of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// The hook `start`.
    Start,
    /// The hook `on_abort`.
    OnAbort,
    /// The hook `stop`.
    Stop,
    /// A background task, by its name.
    Task(Cow<'static, str>),
}

/// In which way something went wrong: what can be advised depends on it.
#[cfg(feature = "health")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Error,
    Panicked,
    TimedOut,
    TaskDied,
}

/// Which service failed, in what, and when.
#[derive(Debug)]
pub struct ServiceFailure {
    service: &'static str,
    step: Step,
    took: Duration,
    failure: Failure,
}

/// Why an application stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// Somebody called `stop` or `request_stop`.
    Asked,
    /// A signal, by its name.
    Signal(&'static str),
    /// The future of `start` was dropped before it ended.
    StartDropped,
    /// The start failed: what had started is rolled back.
    StartFailed,
    /// A background task died.
    TaskDied {
        /// Its service.
        service: &'static str,
        /// Its name.
        task: Cow<'static, str>,
    },
}

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
/// use di_core::{BoxError, interface};
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

impl ServiceFailure {
    pub(super) fn new(service: &'static str, step: Step, took: Duration, failure: Failure) -> Self {
        Self { service, step, took, failure }
    }

    /// The service's name in the plan.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// In which step.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// How long the step had taken when it failed.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// What went wrong.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    #[cfg(feature = "health")]
    pub(crate) fn cause(&self) -> Cause {
        match (&self.step, &self.failure) {
            (_, Failure::TimedOut { .. } | Failure::Abandoned) => Cause::TimedOut,
            (Step::Task(_), _) => Cause::TaskDied,
            (_, Failure::Panicked(_)) => Cause::Panicked,
            (_, Failure::Error(_) | Failure::Dropped) => Cause::Error,
        }
    }

    /// The hook's or the task's own error, as its type.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        match &self.failure {
            Failure::Error(error) => error.downcast_ref(),
            _ => None,
        }
    }
}

impl StopReason {
    pub(super) fn of_task(death: &ServiceFailure) -> Self {
        let task = match death.step() {
            Step::Task(task) => task.clone(),
            _ => Cow::Borrowed(""),
        };
        Self::TaskDied { service: death.service(), task }
    }
}

impl StartError {
    pub(super) fn new(cause: StartCause) -> Self {
        Self(Box::new(StartParts { cause, siblings: Vec::new(), rollback: None, report: None }))
    }

    pub(super) fn rolled_back(fall: Fall, rollback: Option<StopError>) -> Self {
        let Fall { cause, siblings, report } = fall;
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

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Panicked(message) => write!(f, "it panicked: {message}"),
            Self::TimedOut { budget } => write!(f, "it had {budget:?}, and that was not enough"),
            Self::Abandoned => f.write_str("it was cancelled and did not end"),
            Self::Dropped => f.write_str("the tokio runtime dropped it"),
        }
    }
}

impl fmt::Display for ServiceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, step, took, failure } = self;
        match step {
            Step::Task(task) if matches!(failure, Failure::TimedOut { .. }) => {
                write!(f, "the task `{task}` of `{service}` did not end")
            }
            Step::Start => write!(f, "`{service}` could not start"),
            Step::OnAbort => write!(f, "`{service}` could not clear up after its start"),
            Step::Stop => write!(f, "`{service}` could not stop"),
            Step::Task(task) => write!(f, "the task `{task}` of `{service}` died"),
        }?;
        write!(f, ": {failure} (after {took:?})")
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("it was asked to"),
            Self::Signal(name) => write!(f, "signal {name}"),
            Self::StartDropped => f.write_str("nobody waited for the start any more"),
            Self::StartFailed => f.write_str("the start failed"),
            Self::TaskDied { service, task } => write!(f, "the task `{task}` of `{service}` died"),
        }
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

impl Error for ServiceFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            Failure::Error(error) => Some(&**error),
            _ => None,
        }
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
