//! The result of the last check of a service, whether it answered or not.

use std::collections::BTreeMap;
use std::time::Duration;

use super::advice::advice;
use super::check::Health;
use crate::lifecycle::failure::Cause;
use crate::lifecycle::hook_set::End;
use crate::lifecycle::{Failure, HealthStatus};

#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// In which run of the service.
    pub(super) run: u32,
    pub(super) status: HealthStatus,
    /// Whether the check came to an end by itself, whatever it said.
    pub(super) answered: bool,
    pub(super) took: Duration,
    pub(super) errors: Vec<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) suggested_actions: Vec<String>,
}

impl Finding {
    /// What the end of a check says; nothing if it was cancelled, because then nobody has asked.
    pub(super) fn of(end: &End<Health>, run: u32, took: Duration, timeout: Duration) -> Option<Self> {
        let (cause, error) = match end {
            End::Done(health) => return Some(Self::answered(health.clone(), run, took)),
            End::Cancelled => return None,
            End::Overdue(_) => (Cause::TimedOut, format!("the check did not answer within {timeout:?}")),
            End::Failed(Failure::Panicked(message)) => (Cause::Panicked, format!("the check panicked: {message}")),
            End::Failed(failure) => (Cause::Error, failure.to_string()),
        };
        Some(Self {
            run,
            status: HealthStatus::Unhealthy,
            answered: cause == Cause::Error,
            took,
            errors: vec![error],
            metadata: BTreeMap::new(),
            suggested_actions: advice(cause),
        })
    }

    fn answered(health: Health, run: u32, took: Duration) -> Self {
        let Health { status, reason, metadata, mut suggested_actions } = health;
        if suggested_actions.is_empty() && status == HealthStatus::Unhealthy {
            suggested_actions = advice(Cause::Error);
        }
        let errors = reason.into_iter().collect();
        Self { run, status, answered: true, took, errors, metadata, suggested_actions }
    }
}
