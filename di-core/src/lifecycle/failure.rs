//! Failures of hooks and background tasks: of which service, and when.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::error::BoxError;

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

/// Which service failed, in what, and when.
#[derive(Debug)]
pub struct ServiceFailure {
    service: &'static str,
    step: Step,
    took: Duration,
    failure: Failure,
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

impl Error for ServiceFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.failure {
            Failure::Error(error) => Some(&**error),
            _ => None,
        }
    }
}
