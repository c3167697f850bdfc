//! Reasons why an application stops.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::failure::{ServiceFailure, Step};

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

impl StopReason {
    pub(super) fn of_task(death: &ServiceFailure) -> Self {
        let task = match death.step() {
            Step::Task(task) => task.clone(),
            _ => Cow::Borrowed(""),
        };
        Self::TaskDied { service: death.service(), task }
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
