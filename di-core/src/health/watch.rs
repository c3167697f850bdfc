//! The task that checks each service, as long as the application runs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tracing::Instrument;

use super::check::{Health, Watched};
use super::finding::Finding;
use crate::lifecycle::hook_set::{End, Ended, HookSet};
use crate::lifecycle::service_state::Phase;
use crate::lifecycle::shared_state::SharedState;
use crate::lifecycle::{Settings, State, Time};

/// It asks each service on its own: one that hangs is waited for by nobody but its time-out.
pub(crate) struct Watch {
    shared: Arc<SharedState>,
    time: Arc<dyn Time>,
    interval: Duration,
    services: Vec<Subject>,
    hooks: HookSet<Health>,
    changes: watch::Receiver<()>,
    asks: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    waiters: Vec<Waiter>,
}

/// A service that is watched.
struct Subject {
    watched: Option<Watched>,
    timeout: Duration,
    /// The run that was looked at last, and when the next look is due.
    run: u32,
    due: Duration,
    /// Its check did not end when it was cancelled: it blocks its thread, and nobody waits for it.
    hangs: bool,
}

/// Somebody who waits until these have answered.
struct Waiter {
    missing: BTreeSet<usize>,
    done: oneshot::Sender<()>,
}

impl Watch {
    pub(crate) fn new(
        shared: Arc<SharedState>,
        time: Arc<dyn Time>,
        settings: &Settings,
        checks: Vec<Option<Watched>>,
    ) -> Self {
        let services = checks.into_iter().map(|watched| Subject {
            timeout: settings.health_timeout_of(watched.as_ref().and_then(|watched| watched.timeout)),
            watched,
            run: 0,
            due: Duration::ZERO,
            hangs: false,
        });
        Self {
            interval: settings.health_interval,
            services: services.collect(),
            hooks: HookSet::new(Arc::clone(&time)),
            changes: shared.changes(),
            asks: shared.health().open(&time),
            waiters: Vec::new(),
            shared,
            time,
        }
    }

    /// Watches until the application has stopped.
    pub(crate) async fn run(mut self) {
        let mut looked = BTreeSet::new();
        loop {
            self.begin_due(&mut looked);
            self.shared.health().write(&self.shared, |node| looked.contains(&node));
            looked.clear();
            self.answer();
            if self.shared.state() == State::Stopped {
                return;
            }
            let next_due = self.time.sleep_until(self.next_due());
            tokio::select! {
                biased;
                Some(ended) = self.hooks.next() => {
                    let node = ended.node;
                    if self.note(ended) {
                        looked.insert(node);
                    }
                }
                Some(done) = self.asks.recv() => self.add_waiter(done),
                // An error says that the shared state has gone; this task has a share in it.
                _changed = self.changes.changed() => {}
                () = next_due => {}
            }
        }
    }

    /// Begins each check that is due. Of a service without a check one knows at once how it is.
    fn begin_due(&mut self, looked: &mut BTreeSet<usize>) {
        let now = self.time.now();
        for (node, state) in self.shared.states().iter().enumerate() {
            let service = &mut self.services[node];
            if state.phase != Phase::Started {
                // Nobody is interested any more in how it is, least of all its `stop`.
                self.hooks.cancel_node(node);
                continue;
            }
            if self.hooks.runs(node) {
                continue;
            }
            if service.run == state.run && service.due > now {
                continue;
            }
            service.run = state.run;
            service.due = now.saturating_add(self.interval);
            service.hangs = false;
            match &service.watched {
                None => {
                    looked.insert(node);
                }
                Some(watched) => {
                    let (service_name, container) = (self.shared.services()[node].name, self.shared.container());
                    let span = tracing::info_span!("check", service = service_name, container);
                    let check = Arc::clone(&watched.check);
                    self.hooks.begin(node, service.timeout, async move { check.check().await }.instrument(span));
                }
            }
        }
    }

    /// Takes what a check said, and says whether it said anything.
    fn note(&mut self, Ended { node, took, end }: Ended<Health>) -> bool {
        let service = &self.services[node];
        let finding = Finding::of(&end, service.run, took, service.timeout);
        let found = finding.is_some();
        if let Some(finding) = finding {
            #[cfg(feature = "metrics")]
            crate::lifecycle::metrics::check(
                self.shared.label(),
                self.shared.services()[node].name,
                finding.status,
                finding.took,
            );
            self.shared.health().keep(node, finding);
        }
        if let End::Overdue(overdue) = end {
            // It was cancelled. As long as it blocks its thread nevertheless, no second one is begun beside it.
            self.services[node].hangs = true;
            self.hooks.wait_for(overdue, Settings::LONGEST);
        }
        for waiter in &mut self.waiters {
            waiter.missing.remove(&node);
        }
        found
    }

    /// Makes every service due, and remembers who waits for them.
    fn add_waiter(&mut self, done: oneshot::Sender<()>) {
        let states = self.shared.states();
        let mut missing = BTreeSet::new();
        for (node, service) in self.services.iter_mut().enumerate() {
            if states[node].phase == Phase::Started {
                service.due = Duration::ZERO;
                if service.watched.is_some() && !(service.hangs && self.hooks.runs(node)) {
                    missing.insert(node);
                }
            }
        }
        self.waiters.push(Waiter { missing, done });
    }

    fn answer(&mut self) {
        for waiter in self.waiters.extract_if(.., |waiter| waiter.missing.is_empty()) {
            // An error says that nobody waits any more.
            let _gone = waiter.done.send(());
        }
    }

    fn next_due(&self) -> Duration {
        let now = self.time.now();
        let states = self.shared.states();
        let started = self.services.iter().enumerate().filter(|(node, _)| states[*node].phase == Phase::Started);
        let due = started.filter(|(node, _)| !self.hooks.runs(*node)).map(|(_, service)| service.due).min();
        due.unwrap_or_else(|| now.saturating_add(self.interval))
    }
}

/// Whoever waits or listens is told that it is over, also where the task was dropped.
impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.health().close();
    }
}
