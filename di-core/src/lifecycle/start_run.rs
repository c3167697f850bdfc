//! The start: each service starts as soon as all that it needs has started.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::engine::Engine;
use super::error::StartCause;
use super::failure::{Failure, ServiceFailure, Step};
use super::hook_set::{End, Ended, HookSet};
use super::members::Members;
#[cfg(feature = "metrics")]
use super::metrics;
use super::report::{Entry, StartReport, StartResult};
use super::service_state::Phase;
use super::stop_reason::StopReason;

/// A way up that did not reach the top. Nothing starts any more; what has started still runs.
pub(super) struct StartAborted {
    pub(super) cause: StartCause,
    pub(super) siblings: Vec<ServiceFailure>,
    pub(super) report: StartReport,
}

impl StartAborted {
    /// Why what has started is stopped again.
    pub(super) fn reason(&self) -> StopReason {
        match &self.cause {
            StartCause::Cancelled { reason, .. } => reason.clone(),
            _ => StopReason::StartFailed,
        }
    }
}

struct StartRun<'a> {
    members: &'a Members,
    hooks: HookSet,
    /// For the start of how many members each node still waits.
    waits: Vec<usize>,
    /// Nodes that need wait for nobody; the first in the plan's order starts first.
    ready: BTreeSet<usize>,
    begun: Duration,
    deadline: Duration,
    entries: Vec<Entry>,
    results: Vec<StartResult>,
}

impl Engine {
    /// Starts these services; what else they need has started.
    pub(super) async fn start(&mut self, members: &Members) -> Result<StartReport, StartAborted> {
        let mut run = self.prepare_start(members);
        let reached = self.run(&mut run).await;
        let siblings = if reached.is_err() { self.cancel_starting(&mut run).await } else { Vec::new() };
        let report = StartReport::new(&self.plan, members, &run.entries, &run.results);
        #[cfg(feature = "metrics")]
        metrics::starts(self.shared.label(), &report);
        match reached {
            Ok(()) => Ok(report),
            Err(cause) => Err(StartAborted { cause, siblings, report }),
        }
    }

    fn prepare_start<'a>(&self, members: &'a Members) -> StartRun<'a> {
        let nodes = self.plan.nodes();
        let waits: Vec<_> = nodes.iter().map(|node| members.among(&node.needs).count()).collect();
        let begun = self.time.now();
        StartRun {
            members,
            hooks: HookSet::new(Arc::clone(&self.time)),
            ready: members.iter().filter(|&node| waits[node] == 0).collect(),
            entries: vec![Entry::default(); waits.len()],
            results: vec![StartResult::NotBegun; waits.len()],
            waits,
            begun,
            deadline: begun.saturating_add(self.settings.start_total),
        }
    }

    async fn run(&mut self, run: &mut StartRun<'_>) -> Result<(), StartCause> {
        loop {
            // It is asked before anything begins: then nothing is called that would be cancelled at once.
            if let Some(reason) = self.shared.requested() {
                return Err(StartCause::Cancelled { reason, place: self.shared.starting() });
            }
            while let Some(node) = run.ready.pop_first() {
                self.begin_start(run, node);
            }
            tokio::select! {
                biased;
                reason = self.shared.until_requested() => {
                    return Err(StartCause::Cancelled { reason, place: self.shared.starting() });
                }
                Some(death) = self.deaths.recv() => {
                    self.shared.note(&death);
                    return Err(self.cause_of(death, run.members));
                }
                ended = run.hooks.next() => match ended {
                    // Nobody starts and nobody can: a plan has no cycles, so all have started.
                    None => return Ok(()),
                    Some(ended) => self.note_start(run, ended)?,
                },
            }
        }
    }

    fn begin_start(&self, run: &mut StartRun<'_>, index: usize) {
        let now = self.time.now();
        run.entries[index].begun = now.saturating_sub(run.begun);
        let node = &self.plan.nodes()[index];
        let Some(hooks) = node.hooks.clone() else {
            self.note_started(run, index);
            return;
        };
        let context = self.context(index);
        let budget = self.settings.start_of(node).min(run.deadline.saturating_sub(now));
        let span = tracing::info_span!("start", service = node.name, container = self.shared.container());
        self.shared.set_phase(index, Phase::Called);
        let shared = Arc::clone(&self.shared);
        let start = async move {
            shared.set_phase(index, Phase::Starting);
            hooks.start(&context).await
        };
        run.hooks.begin(index, budget, start.instrument(span));
    }

    fn note_start(&self, run: &mut StartRun<'_>, ended: Ended) -> Result<(), StartCause> {
        let Ended { node, took, end } = ended;
        run.end(node, took, StartResult::Failed);
        let failure = match end {
            End::Done(()) => {
                tracing::info!(service = self.plan.nodes()[node].name, ?took, "started");
                self.note_started(run, node);
                return Ok(());
            }
            End::Failed(failure) => {
                self.shared.set_half_started(node);
                failure
            }
            End::Cancelled => {
                self.shared.set_half_started(node);
                Failure::Dropped
            }
            End::Overdue(overdue) => {
                run.hooks.wait_for(overdue, self.settings.stop_of(&self.plan.nodes()[node]));
                let began = run.begun.saturating_add(run.entries[node].begun);
                let budget = self.settings.start_of(&self.plan.nodes()[node]);
                Failure::TimedOut { budget: budget.min(run.deadline.saturating_sub(began)) }
            }
        };
        Err(StartCause::Service(self.start_failure(node, took, failure)))
    }

    fn note_started(&self, run: &mut StartRun<'_>, started: usize) {
        run.entries[started].ended = self.time.now().saturating_sub(run.begun);
        run.results[started] = StartResult::Started;
        self.shared.set_phase(started, Phase::Started);
        for node in run.members.among(self.plan.needed_by(started)) {
            run.waits[node] -= 1;
            if run.waits[node] == 0 {
                run.ready.insert(node);
            }
        }
    }

    /// Cancels what is starting and waits until it has been dropped, but no longer than its stop may take.
    async fn cancel_starting(&self, run: &mut StartRun<'_>) -> Vec<ServiceFailure> {
        run.hooks.cancel(|node| self.settings.stop_of(&self.plan.nodes()[node]));
        let mut siblings = Vec::new();
        while let Some(Ended { node, took, end }) = run.hooks.next().await {
            let result = if matches!(end, End::Cancelled) { StartResult::Cancelled } else { StartResult::Failed };
            run.end(node, took, result);
            let failure = match end {
                End::Done(()) => {
                    // It was quicker than its cancellation: it has started, and is stopped like all that have.
                    run.results[node] = StartResult::Started;
                    self.shared.set_phase(node, Phase::Started);
                    continue;
                }
                End::Cancelled => {
                    self.shared.set_half_started(node);
                    continue;
                }
                End::Failed(failure) => {
                    self.shared.set_half_started(node);
                    failure
                }
                End::Overdue(_) => {
                    self.shared.set_phase(node, Phase::Stuck);
                    Failure::Abandoned
                }
            };
            siblings.push(self.start_failure(node, took, failure));
        }
        siblings
    }

    /// What the death of a background task means for this start.
    fn cause_of(&mut self, death: ServiceFailure, members: &Members) -> StartCause {
        if self.shared.index(death.service()).is_none_or(|node| members.contains(node)) {
            return StartCause::Service(death);
        }
        // A service died that had been running all the time: the application stops because of it, and this start with it.
        let reason = StopReason::of_task(&death);
        self.shared.request(reason.clone());
        self.held.push_back(death);
        StartCause::Cancelled { reason, place: self.shared.starting() }
    }

    fn start_failure(&self, node: usize, took: Duration, failure: Failure) -> ServiceFailure {
        let failure = ServiceFailure::new(self.plan.nodes()[node].name, Step::Start, took, failure);
        tracing::error!("{failure}");
        self.shared.note(&failure);
        failure
    }
}

impl StartRun<'_> {
    /// Notes that a start has ended, and how; of one that was waited for a second time, the first end counts.
    fn end(&mut self, node: usize, took: Duration, result: StartResult) {
        let entry = &mut self.entries[node];
        entry.ended = entry.ended.max(entry.begun.saturating_add(took));
        if self.results[node] == StartResult::NotBegun {
            self.results[node] = result;
        }
    }
}
