//! Start times of the services, also when the history of its health begins later.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use di_core::health::{HealthMonitor, HealthStatus};
use di_core::lifecycle::Context;

use crate::sync::lock;

/// How often it is looked whether all have started.
const LOOK: Duration = Duration::from_millis(250);

/// The time that the last start of each service took, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Starts(Mutex<BTreeMap<String, u64>>);

impl Starts {
    /// Notes all of them once the platform is ready: a history has a hundred records, which are minutes.
    pub(super) async fn note(&self, context: &Context) {
        let (health, time) = (context.health(), context.time());
        while !health.ready() {
            time.sleep_until(time.now() + LOOK).await;
        }
        for record in health.current() {
            self.of(&health, record.service);
        }
    }

    /// How long the last start of a service took; `None` until it has started.
    pub(super) fn of(&self, health: &HealthMonitor, name: &str) -> Option<u64> {
        let mut known = lock(&self.0);
        if let Some(took) = seen(health, name) {
            known.insert(name.to_owned(), took);
        }
        known.get(name).copied()
    }
}

/// From the record in which it began to start to the one in which it had started.
fn seen(health: &HealthMonitor, name: &str) -> Option<u64> {
    let history = health.history(name);
    let begun = history.iter().rposition(|record| record.status == HealthStatus::Starting)?;
    let records = history.get(begun..)?;
    // It may have begun to start in several records.
    let first = history.get(..begun)?.iter().rev().take_while(|record| record.status == HealthStatus::Starting).last();
    let begin = first.or(records.first())?;
    let end = records.iter().find(|record| record.status != HealthStatus::Starting)?;
    u64::try_from(end.at.saturating_sub(begin.at).as_millis()).ok()
}
