//! The store of health: the last result, the last records and the counts of each service.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::advice::advice;
use super::change::{HealthChanged, HealthEvent, ServiceUnhealthy};
use super::finding::Finding;
use super::listeners::Listeners;
use super::record::HealthRecord;
use super::roll_up::roll_up;
use super::trend::{HealthTrend, Minutes};
use crate::lifecycle::service_state::{Phase, ServiceState};
use crate::lifecycle::shared_state::SharedState;
use crate::lifecycle::{HealthStatus, State, Time};

/// How many records are kept of each service.
const HISTORY: usize = 100;

/// Where the watch writes and everybody else reads. It is never locked across an `.await`.
pub(crate) struct HealthStore {
    entries: Mutex<Vec<Entry>>,
    listeners: Listeners,
    /// While the application runs: how the watch is asked for a check out of turn.
    asks: Mutex<Option<mpsc::UnboundedSender<oneshot::Sender<()>>>>,
    time: OnceLock<Arc<dyn Time>>,
}

struct Entry {
    is_external: bool,
    /// Only what was found in the present run of the service counts: see [`Entry::found`].
    finding: Option<Finding>,
    last_heartbeat: Option<Duration>,
    /// The own and the effective status that have been told.
    last_published: (HealthStatus, HealthStatus),
    history: VecDeque<HealthRecord>,
    minutes: Minutes,
}

impl HealthStore {
    /// Of each service it is said whether its check asks the outside world.
    pub(crate) fn new(externals: impl Iterator<Item = bool>) -> Self {
        let entries = externals.map(|is_external| Entry {
            is_external,
            finding: None,
            last_heartbeat: None,
            last_published: (HealthStatus::Stopped, HealthStatus::Stopped),
            history: VecDeque::new(),
            minutes: Minutes::default(),
        });
        Self {
            entries: Mutex::new(entries.collect()),
            listeners: Listeners::default(),
            asks: Mutex::default(),
            time: OnceLock::new(),
        }
    }

    /// Lets the watch be asked, until [`close`](Self::close).
    pub(super) fn open(&self, time: &Arc<dyn Time>) -> mpsc::UnboundedReceiver<oneshot::Sender<()>> {
        let (ask, asked) = mpsc::unbounded_channel();
        *locked(&self.asks) = Some(ask);
        // It is set once: an application is started once.
        let _first = self.time.set(Arc::clone(time));
        asked
    }

    /// Nothing changes any more.
    pub(crate) fn close(&self) {
        *locked(&self.asks) = None;
        self.listeners.close();
    }

    /// Who is told of changes.
    pub(super) fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// Asks for a check of all services; nothing if nobody is there to check.
    pub(super) fn ask(&self) -> Option<oneshot::Receiver<()>> {
        let (done, checked) = oneshot::channel();
        let asked = locked(&self.asks).as_ref().map(|ask| ask.send(done));
        asked.is_some_and(|sent| sent.is_ok()).then_some(checked)
    }

    /// Whether no check has found its service unhealthy.
    pub(crate) fn nothing_is_unhealthy(&self, states: &[ServiceState]) -> bool {
        self.entries().iter().zip(states).all(|(entry, state)| !entry.is_unhealthy(state))
    }

    /// The same without checks of the outside world.
    pub(crate) fn nothing_inside_is_unhealthy(&self, states: &[ServiceState]) -> bool {
        self.entries().iter().zip(states).all(|(entry, state)| entry.is_external || !entry.is_unhealthy(state))
    }

    /// Keeps what was found.
    pub(super) fn keep(&self, node: usize, finding: Finding) {
        let entry = &mut self.entries()[node];
        if finding.answered {
            entry.last_heartbeat = Some(self.now());
        }
        entry.finding = Some(finding);
    }

    pub(crate) fn records(&self, shared: &SharedState) -> Vec<HealthRecord> {
        let states = shared.states();
        self.records_of(shared, &states, &self.entries())
    }

    pub(super) fn history(&self, node: usize) -> Vec<HealthRecord> {
        self.entries()[node].history.iter().cloned().collect()
    }

    pub(super) fn trend(&self, service: &'static str, node: usize, over: Duration) -> HealthTrend {
        self.entries()[node].minutes.trend(service, self.now(), over)
    }

    /// Writes down how all services are where that has changed, or where `looked` says that somebody has looked, and
    /// tells the listeners.
    pub(super) fn write(&self, shared: &SharedState, looked: impl Fn(usize) -> bool) {
        let states = shared.states();
        let mut events = Vec::new();
        {
            let mut entries = self.entries();
            let records = self.records_of(shared, &states, &entries);
            for (node, record) in records.iter().enumerate() {
                let entry = &mut entries[node];
                let (own, effective) = std::mem::replace(&mut entry.last_published, (record.status, record.effective));
                let has_changed = (own, effective) != (record.status, record.effective);
                if !has_changed && !looked(node) {
                    continue;
                }
                entry.minutes.count(record.at, record.effective, record.took.filter(|_| looked(node)));
                entry.history.push_back(record.clone());
                if entry.history.len() > HISTORY {
                    entry.history.pop_front();
                }
                #[cfg(feature = "metrics")]
                crate::lifecycle::metrics::health(shared.label(), record.service, effective, record.effective);
                if effective != record.effective {
                    let (service, to) = (record.service, record.effective);
                    events.push(HealthEvent::Changed(HealthChanged {
                        service,
                        from: effective,
                        to,
                        record: record.clone(),
                    }));
                }
                if own != record.status && record.status == HealthStatus::Unhealthy {
                    events.push(HealthEvent::Unhealthy(unhealthy(record, &records)));
                }
            }
        }
        for event in events {
            self.listeners.tell(event);
        }
    }

    fn records_of(&self, shared: &SharedState, states: &[ServiceState], entries: &[Entry]) -> Vec<HealthRecord> {
        let starts = shared.state() == State::Starting;
        let services = shared.services();
        let own: Vec<_> = states.iter().zip(entries).map(|(state, entry)| entry.own(state, starts)).collect();
        let effective = roll_up(&own, |node| &services[node].needs);
        let now = self.now();
        let records = services.iter().zip(states).zip(entries).zip(own.iter().zip(effective));
        records
            .map(|(((service, state), entry), (&status, effective))| {
                let finding = entry.found(state);
                let mut errors: Vec<String> =
                    state.last_failure.iter().map(|last_failure| last_failure.text.clone()).collect();
                errors.extend(finding.iter().flat_map(|finding| finding.errors.clone()));
                let mut suggested_actions = finding.map(|found| found.suggested_actions.clone()).unwrap_or_default();
                if let Some(last_failure) = &state.last_failure {
                    suggested_actions.extend(advice(last_failure.cause));
                }
                HealthRecord {
                    service: service.name,
                    status,
                    effective: effective.status,
                    because_of: effective.because_of.iter().map(|&node| services[node].name).collect(),
                    dependencies: service.needs.iter().map(|&need| services[need].name).collect(),
                    external: entry.is_external,
                    at: now,
                    last_heartbeat: entry.last_heartbeat,
                    took: finding.map(|finding| finding.took),
                    errors,
                    metadata: finding.map(|finding| finding.metadata.clone()).unwrap_or_default(),
                    suggested_actions,
                }
            })
            .collect()
    }

    fn now(&self) -> Duration {
        self.time.get().map(|time| time.now()).unwrap_or_default()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        locked(&self.entries)
    }
}

impl Entry {
    /// What the last check found, if it was in the present run of the service.
    fn found(&self, state: &ServiceState) -> Option<&Finding> {
        self.finding.as_ref().filter(|finding| state.phase == Phase::Started && state.run == finding.run)
    }

    fn is_unhealthy(&self, state: &ServiceState) -> bool {
        self.found(state).is_some_and(|finding| finding.status == HealthStatus::Unhealthy)
    }

    /// What the lifecycle says, and the check where it has something to add.
    fn own(&self, state: &ServiceState, application_starts: bool) -> HealthStatus {
        match (state.status(application_starts), self.found(state)) {
            (HealthStatus::Healthy, Some(found)) => found.status,
            (status, _) => status,
        }
    }
}

fn unhealthy(record: &HealthRecord, all: &[HealthRecord]) -> ServiceUnhealthy {
    let affected = all.iter().filter(|other| other.because_of.contains(&record.service));
    ServiceUnhealthy {
        service: record.service,
        at: record.at,
        errors: record.errors.clone(),
        suggested_actions: record.suggested_actions.clone(),
        affects: affected.map(|other| other.service).collect(),
    }
}

/// Everything is written in one step, so that a panic elsewhere leaves nothing half-written.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for HealthStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthStore").finish_non_exhaustive()
    }
}
