//! The start: each service starts as soon as all that it needs has started.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::crew::{Crew, End, Ended};
use super::engine::Engine;
use super::error::StartCause;
use super::failure::{Failure, ServiceFailure, Step};
use super::life::Phase;
use super::members::Members;
#[cfg(feature = "metrics")]
use super::metrics;
use super::report::{Entry, StartReport, StartResult};
use super::stop_reason::StopReason;

/// A way up that did not reach the top. Nothing starts any more; what has started still runs.
pub(super) struct Fall {
    pub(super) cause: StartCause,
    pub(super) siblings: Vec<ServiceFailure>,
    pub(super) report: StartReport,
}

impl Fall {
    /// Why what has started is stopped again.
    pub(super) fn reason(&self) -> StopReason {
        match &self.cause {
            StartCause::Cancelled { reason, .. } => reason.clone(),
            _ => StopReason::StartFailed,
        }
    }
}

struct Climb<'a> {
    members: &'a Members,
    crew: Crew,
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
    pub(super) async fn ascend(&mut self, members: &Members) -> Result<StartReport, Fall> {
        let mut climb = self.prepare_climb(members);
        let reached = self.climb(&mut climb).await;
        let siblings = if reached.is_err() { self.cancel_starting(&mut climb).await } else { Vec::new() };
        let report = StartReport::new(&self.plan, members, &climb.entries, &climb.results);
        #[cfg(feature = "metrics")]
        metrics::starts(self.board.label(), &report);
        match reached {
            Ok(()) => Ok(report),
            Err(cause) => Err(Fall { cause, siblings, report }),
        }
    }

    fn prepare_climb<'a>(&self, members: &'a Members) -> Climb<'a> {
        let nodes = self.plan.nodes();
        let waits: Vec<_> = nodes.iter().map(|node| members.among(&node.needs).count()).collect();
        let begun = self.time.now();
        Climb {
            members,
            crew: Crew::new(Arc::clone(&self.time)),
            ready: members.iter().filter(|&node| waits[node] == 0).collect(),
            entries: vec![Entry::default(); waits.len()],
            results: vec![StartResult::NotBegun; waits.len()],
            waits,
            begun,
            deadline: begun.saturating_add(self.settings.start_total),
        }
    }

    async fn climb(&mut self, climb: &mut Climb<'_>) -> Result<(), StartCause> {
        loop {
            // It is asked before anything begins: then nothing is called that would be cancelled at once.
            if let Some(reason) = self.board.requested() {
                return Err(StartCause::Cancelled { reason, place: self.board.starting() });
            }
            while let Some(node) = climb.ready.pop_first() {
                self.begin_start(climb, node);
            }
            tokio::select! {
                biased;
                reason = self.board.until_requested() => {
                    return Err(StartCause::Cancelled { reason, place: self.board.starting() });
                }
                Some(death) = self.deaths.recv() => {
                    self.board.note(&death);
                    return Err(self.cause_of(death, climb.members));
                }
                ended = climb.crew.next() => match ended {
                    // Nobody starts and nobody can: a plan has no cycles, so all have started.
                    None => return Ok(()),
                    Some(ended) => self.note_start(climb, ended)?,
                },
            }
        }
    }

    fn begin_start(&self, climb: &mut Climb<'_>, index: usize) {
        let now = self.time.now();
        climb.entries[index].begun = now.saturating_sub(climb.begun);
        let node = &self.plan.nodes()[index];
        let Some(hooks) = node.hooks.clone() else {
            self.note_started(climb, index);
            return;
        };
        let context = self.context(index);
        let budget = self.settings.start_of(node).min(climb.deadline.saturating_sub(now));
        let span = tracing::info_span!("start", service = node.name, container = self.board.container());
        self.board.set_phase(index, Phase::Called);
        let board = Arc::clone(&self.board);
        let start = async move {
            board.set_phase(index, Phase::Starting);
            hooks.start(&context).await
        };
        climb.crew.begin(index, budget, start.instrument(span));
    }

    fn note_start(&self, climb: &mut Climb<'_>, ended: Ended) -> Result<(), StartCause> {
        let Ended { node, took, end } = ended;
        climb.end(node, took, StartResult::Failed);
        let failure = match end {
            End::Done(()) => {
                tracing::info!(service = self.plan.nodes()[node].name, ?took, "started");
                self.note_started(climb, node);
                return Ok(());
            }
            End::Failed(failure) => {
                self.board.set_half_started(node);
                failure
            }
            End::Cancelled => {
                self.board.set_half_started(node);
                Failure::Dropped
            }
            End::Overdue(overdue) => {
                climb.crew.wait_for(overdue, self.settings.stop_of(&self.plan.nodes()[node]));
                let began = climb.begun.saturating_add(climb.entries[node].begun);
                let budget = self.settings.start_of(&self.plan.nodes()[node]);
                Failure::TimedOut { budget: budget.min(climb.deadline.saturating_sub(began)) }
            }
        };
        Err(StartCause::Service(self.start_failure(node, took, failure)))
    }

    fn note_started(&self, climb: &mut Climb<'_>, started: usize) {
        climb.entries[started].ended = self.time.now().saturating_sub(climb.begun);
        climb.results[started] = StartResult::Started;
        self.board.set_phase(started, Phase::Started);
        for node in climb.members.among(self.plan.needed_by(started)) {
            climb.waits[node] -= 1;
            if climb.waits[node] == 0 {
                climb.ready.insert(node);
            }
        }
    }

    /// Cancels what is starting and waits until it has been dropped, but no longer than its stop may take.
    async fn cancel_starting(&self, climb: &mut Climb<'_>) -> Vec<ServiceFailure> {
        climb.crew.cancel(|node| self.settings.stop_of(&self.plan.nodes()[node]));
        let mut siblings = Vec::new();
        while let Some(Ended { node, took, end }) = climb.crew.next().await {
            let result = if matches!(end, End::Cancelled) { StartResult::Cancelled } else { StartResult::Failed };
            climb.end(node, took, result);
            let failure = match end {
                End::Done(()) => {
                    // It was quicker than its cancellation: it has started, and is stopped like all that have.
                    climb.results[node] = StartResult::Started;
                    self.board.set_phase(node, Phase::Started);
                    continue;
                }
                End::Cancelled => {
                    self.board.set_half_started(node);
                    continue;
                }
                End::Failed(failure) => {
                    self.board.set_half_started(node);
                    failure
                }
                End::Overdue(_) => {
                    self.board.set_phase(node, Phase::Stuck);
                    Failure::Abandoned
                }
            };
            siblings.push(self.start_failure(node, took, failure));
        }
        siblings
    }

    /// What the death of a background task means for this start.
    fn cause_of(&mut self, death: ServiceFailure, members: &Members) -> StartCause {
        if self.board.index(death.service()).is_none_or(|node| members.contains(node)) {
            return StartCause::Service(death);
        }
        // A service died that had been running all the time: the application stops because of it, and this start with it.
        let reason = StopReason::of_task(&death);
        self.board.request(reason.clone());
        self.held.push_back(death);
        StartCause::Cancelled { reason, place: self.board.starting() }
    }

    fn start_failure(&self, node: usize, took: Duration, failure: Failure) -> ServiceFailure {
        let failure = ServiceFailure::new(self.plan.nodes()[node].name, Step::Start, took, failure);
        tracing::error!("{failure}");
        self.board.note(&failure);
        failure
    }
}

impl Climb<'_> {
    /// Notes that a start has ended, and how; of one that was waited for a second time, the first end counts.
    fn end(&mut self, node: usize, took: Duration, result: StartResult) {
        let entry = &mut self.entries[node];
        entry.ended = entry.ended.max(entry.begun.saturating_add(took));
        if self.results[node] == StartResult::NotBegun {
            self.results[node] = result;
        }
    }
}
