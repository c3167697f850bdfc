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
use crate::lifecycle::board::Board;
use crate::lifecycle::life::{Life, Phase};
use crate::lifecycle::{HealthStatus, State, Time};

/// How many records are kept of each service.
const HISTORY: usize = 100;

/// Where the watch writes and everybody else reads. It is never locked across an `.await`.
pub(crate) struct Ledger {
    lines: Mutex<Vec<Line>>,
    listeners: Listeners,
    /// While the application runs: how the watch is asked for a check out of turn.
    asks: Mutex<Option<mpsc::UnboundedSender<oneshot::Sender<()>>>>,
    time: OnceLock<Arc<dyn Time>>,
}

struct Line {
    is_external: bool,
    /// Only what was found in the present run of the service counts: see [`Line::found`].
    finding: Option<Finding>,
    last_heartbeat: Option<Duration>,
    /// The own and the effective status that have been told.
    told: (HealthStatus, HealthStatus),
    history: VecDeque<HealthRecord>,
    minutes: Minutes,
}

impl Ledger {
    /// Of each service it is said whether its check asks the outside world.
    pub(crate) fn new(externals: impl Iterator<Item = bool>) -> Self {
        let lines = externals.map(|is_external| Line {
            is_external,
            finding: None,
            last_heartbeat: None,
            told: (HealthStatus::Stopped, HealthStatus::Stopped),
            history: VecDeque::new(),
            minutes: Minutes::default(),
        });
        Self {
            lines: Mutex::new(lines.collect()),
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
    pub(crate) fn nothing_is_unhealthy(&self, lives: &[Life]) -> bool {
        self.lines().iter().zip(lives).all(|(line, life)| !line.is_unhealthy(life))
    }

    /// The same without checks of the outside world.
    pub(crate) fn nothing_inside_is_unhealthy(&self, lives: &[Life]) -> bool {
        self.lines().iter().zip(lives).all(|(line, life)| line.is_external || !line.is_unhealthy(life))
    }

    /// Keeps what was found.
    pub(super) fn keep(&self, node: usize, finding: Finding) {
        let line = &mut self.lines()[node];
        if finding.answered {
            line.last_heartbeat = Some(self.now());
        }
        line.finding = Some(finding);
    }

    pub(crate) fn records(&self, board: &Board) -> Vec<HealthRecord> {
        let lives = board.lives();
        self.records_of(board, &lives, &self.lines())
    }

    pub(super) fn history(&self, node: usize) -> Vec<HealthRecord> {
        self.lines()[node].history.iter().cloned().collect()
    }

    pub(super) fn trend(&self, service: &'static str, node: usize, over: Duration) -> HealthTrend {
        self.lines()[node].minutes.trend(service, self.now(), over)
    }

    /// Writes down how all services are where that has changed, or where `looked` says that somebody has looked, and
    /// tells the listeners.
    pub(super) fn write(&self, board: &Board, looked: impl Fn(usize) -> bool) {
        let lives = board.lives();
        let mut told = Vec::new();
        {
            let mut lines = self.lines();
            let records = self.records_of(board, &lives, &lines);
            for (node, record) in records.iter().enumerate() {
                let line = &mut lines[node];
                let (own, effective) = std::mem::replace(&mut line.told, (record.status, record.effective));
                let has_changed = (own, effective) != (record.status, record.effective);
                if !has_changed && !looked(node) {
                    continue;
                }
                line.minutes.count(record.at, record.effective, record.took.filter(|_| looked(node)));
                line.history.push_back(record.clone());
                if line.history.len() > HISTORY {
                    line.history.pop_front();
                }
                #[cfg(feature = "metrics")]
                crate::lifecycle::metrics::health(board.label(), record.service, effective, record.effective);
                if effective != record.effective {
                    let (service, to) = (record.service, record.effective);
                    told.push(HealthEvent::Changed(HealthChanged {
                        service,
                        from: effective,
                        to,
                        record: record.clone(),
                    }));
                }
                if own != record.status && record.status == HealthStatus::Unhealthy {
                    told.push(HealthEvent::Unhealthy(unhealthy(record, &records)));
                }
            }
        }
        for event in told {
            self.listeners.tell(event);
        }
    }

    fn records_of(&self, board: &Board, lives: &[Life], lines: &[Line]) -> Vec<HealthRecord> {
        let starts = board.state() == State::Starting;
        let services = board.services();
        let own: Vec<_> = lives.iter().zip(lines).map(|(life, line)| line.own(life, starts)).collect();
        let effective = roll_up(&own, |node| &services[node].needs);
        let now = self.now();
        let records = services.iter().zip(lives).zip(lines).zip(own.iter().zip(effective));
        records
            .map(|(((service, life), line), (&status, effective))| {
                let finding = line.found(life);
                let mut errors: Vec<String> = life.trouble.iter().map(|trouble| trouble.text.clone()).collect();
                errors.extend(finding.iter().flat_map(|finding| finding.errors.clone()));
                let mut suggested_actions = finding.map(|found| found.suggested_actions.clone()).unwrap_or_default();
                if let Some(trouble) = &life.trouble {
                    suggested_actions.extend(advice(trouble.cause));
                }
                HealthRecord {
                    service: service.name,
                    status,
                    effective: effective.status,
                    because_of: effective.because_of.iter().map(|&node| services[node].name).collect(),
                    dependencies: service.needs.iter().map(|&need| services[need].name).collect(),
                    external: line.is_external,
                    at: now,
                    last_heartbeat: line.last_heartbeat,
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

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        locked(&self.lines)
    }
}

impl Line {
    /// What the last check found, if it was in the present run of the service.
    fn found(&self, life: &Life) -> Option<&Finding> {
        self.finding.as_ref().filter(|finding| life.phase == Phase::Started && life.run == finding.run)
    }

    fn is_unhealthy(&self, life: &Life) -> bool {
        self.found(life).is_some_and(|finding| finding.status == HealthStatus::Unhealthy)
    }

    /// What the lifecycle says, and the check where it has something to add.
    fn own(&self, life: &Life, application_starts: bool) -> HealthStatus {
        match (life.status(application_starts), self.found(life)) {
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

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
