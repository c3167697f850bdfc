//! The report on a stop: how long each step took, and what became of each service.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::table;
use crate::lifecycle::failure::Step;
use crate::lifecycle::millis::as_millis;
use crate::lifecycle::stop_reason::StopReason;

/// What took how long in a stop: a table by `Display`, JSON by `serde`.
///
/// ```
/// use std::sync::Arc;
/// use di_core::lifecycle::{Application, Lifecycle, Plan, PlanNode, StopReason, StopResult};
///
/// struct Clock;
/// impl Lifecycle for Clock {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let application = Application::new(Plan::new([PlanNode::new("Clock").hooks(Arc::new(Clock))])?);
/// application.start().await?;
/// let report = application.stop().await?;
/// assert_eq!(report.reason(), &StopReason::Asked);
/// assert_eq!(report.services()[0].result, StopResult::Stopped);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StopReport {
    pub(in crate::lifecycle) reason: StopReason,
    #[serde(rename = "total_ms", serialize_with = "as_millis")]
    pub(in crate::lifecycle) total: Duration,
    pub(in crate::lifecycle) critical_path: Vec<&'static str>,
    pub(in crate::lifecycle) services: Vec<ServiceStop>,
}

/// A line of a [`StopReport`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServiceStop {
    /// Its name in the plan.
    pub service: &'static str,
    /// The hook that was called: `stop`, or `on_abort` if its start had not ended well.
    pub step: Step,
    /// From the beginning until everybody who needs it had stopped.
    #[serde(rename = "waiting_ms", serialize_with = "as_millis")]
    pub waiting: Duration,
    /// How long its hook took and its background tasks needed to end.
    #[serde(rename = "stop_ms", serialize_with = "as_millis")]
    pub stop: Duration,
    /// What became of it.
    pub result: StopResult,
}

/// What became of a service that was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StopResult {
    /// Its hook returned `Ok`.
    Stopped,
    /// Its hook returned an error or panicked.
    Failed,
    /// Its hook did not end in time.
    Abandoned,
}

impl StopReport {
    /// Nothing was there to be stopped.
    pub(in crate::lifecycle) fn empty(reason: StopReason) -> Self {
        Self { reason, total: Duration::ZERO, critical_path: Vec::new(), services: Vec::new() }
    }

    /// Why it was stopped.
    pub fn reason(&self) -> &StopReason {
        &self.reason
    }

    /// From the first hook until the last service had stopped; the drain delay was before.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The services that decided the total: each waited for the one before.
    pub fn critical_path(&self) -> &[&'static str] {
        &self.critical_path
    }

    /// Every service whose start had begun, in the order in which they are stopped.
    pub fn services(&self) -> &[ServiceStop] {
        &self.services
    }
}

impl fmt::Display for StopReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = self.services.iter().map(row).collect();
        table::write(f, ["service", "waiting", "stop", "hook", "result"], &rows)?;
        table::write_path(f, self.total, &self.critical_path)?;
        write!(f, ", reason: {}", self.reason)
    }
}

fn row(line: &ServiceStop) -> [String; 5] {
    [
        line.service.to_owned(),
        table::millis(line.waiting),
        table::millis(line.stop),
        if line.step == Step::OnAbort { "on_abort" } else { "stop" }.to_owned(),
        match line.result {
            StopResult::Stopped => "stopped",
            StopResult::Failed => "failed",
            StopResult::Abandoned => "abandoned",
        }
        .to_owned(),
    ]
}
