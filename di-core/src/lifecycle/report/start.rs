//! The report on a start: how long each step took.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::path::{Entry, critical_path};
use super::table;
use crate::lifecycle::members::Members;
use crate::lifecycle::millis::{as_millis, as_optional_millis};
use crate::lifecycle::plan::Plan;

/// What took how long in a start: a table by `Display`, JSON by `serde`.
///
/// ```
/// use std::sync::Arc;
/// use di_core::lifecycle::{Application, Lifecycle, Plan, PlanNode};
///
/// struct Clock;
/// impl Lifecycle for Clock {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let application = Application::new(Plan::new([PlanNode::new("Clock").hooks(Arc::new(Clock))])?);
/// let report = application.start().await?;
/// println!("{report}");
/// assert_eq!(report.services()[0].service, "Clock");
/// assert_eq!(report.critical_path(), ["Clock"]);
/// # application.stop().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartReport {
    #[serde(rename = "total_ms", serialize_with = "as_millis")]
    total: Duration,
    critical_path: Vec<&'static str>,
    services: Vec<ServiceStart>,
}

/// A line of a [`StartReport`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServiceStart {
    /// Its name in the plan.
    pub service: &'static str,
    /// From the beginning until all that it needs had started.
    #[serde(rename = "waiting_ms", serialize_with = "as_millis")]
    pub waiting: Duration,
    /// How long its construction took, where that is known.
    #[serde(rename = "construction_ms", serialize_with = "as_optional_millis")]
    pub construction: Option<Duration>,
    /// How long its hook took.
    #[serde(rename = "start_ms", serialize_with = "as_millis")]
    pub start: Duration,
    /// What became of it.
    pub result: StartResult,
    /// Whether a faster start of it would have made the whole faster.
    pub critical: bool,
}

/// What became of a service that was to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StartResult {
    /// Its hook returned `Ok`, or it has none.
    Started,
    /// Its hook returned an error, panicked, or took too long.
    Failed,
    /// Its hook was cancelled, because something else had failed or somebody asked to stop.
    Cancelled,
    /// Its turn never came.
    NotBegun,
}

impl StartReport {
    pub(in crate::lifecycle) fn new(
        plan: &Plan,
        members: &Members,
        entries: &[Entry],
        results: &[StartResult],
    ) -> Self {
        let nodes = plan.nodes();
        let path = critical_path(entries, |node| &nodes[node].needs);
        // Something without hooks takes no time to start: it is on no path, and only its construction can be told.
        let critical = |node: &usize| nodes[*node].hooks.is_some() && members.contains(*node) && path.contains(node);
        let services = members.iter().map(|node| (node, &nodes[node]));
        let total = entries.iter().map(|entry| entry.ended).max().unwrap_or_default();
        Self {
            total,
            critical_path: path.iter().filter(|node| critical(node)).map(|&node| nodes[node].name).collect(),
            services: services
                .filter(|(_, node)| node.hooks.is_some() || node.construction.is_some())
                .map(|(index, node)| ServiceStart {
                    service: node.name,
                    waiting: if results[index] == StartResult::NotBegun { total } else { entries[index].begun },
                    construction: node.construction,
                    start: entries[index].ended.saturating_sub(entries[index].begun),
                    result: results[index],
                    critical: critical(&index),
                })
                .collect(),
        }
    }

    /// From the beginning until the last service had started.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The services that decided the total: each waited for the one before.
    pub fn critical_path(&self) -> &[&'static str] {
        &self.critical_path
    }

    /// Every service with hooks in start order.
    pub fn services(&self) -> &[ServiceStart] {
        &self.services
    }
}

impl fmt::Display for StartReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = self.services.iter().map(row).collect();
        table::write(f, ["service", "waiting", "construction", "start", "result", "critical"], &rows)?;
        table::write_path(f, self.total, &self.critical_path)
    }
}

fn row(line: &ServiceStart) -> [String; 6] {
    [
        line.service.to_owned(),
        table::millis(line.waiting),
        line.construction.map_or_else(|| "-".to_owned(), table::millis),
        table::millis(line.start),
        match line.result {
            StartResult::Started => "started",
            StartResult::Failed => "failed",
            StartResult::Cancelled => "cancelled",
            StartResult::NotBegun => "not begun",
        }
        .to_owned(),
        if line.critical { "*" } else { "" }.to_owned(),
    ]
}
