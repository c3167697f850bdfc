//! The way up: each service starts as soon as all that it needs has started.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::board::Phase;
use super::crew::{Crew, End, Ended};
use super::engine::Engine;
use super::error::{Failure, ServiceFailure, StartCause, Step};
use super::report::{Entry, StartReport};

/// A way up that did not reach the top. Nothing starts any more; what has started still runs.
pub(super) struct Fall {
    pub(super) cause: StartCause,
    pub(super) siblings: Vec<ServiceFailure>,
}

struct Climb {
    crew: Crew,
    /// Of how many nodes each node still waits for the start.
    waits: Vec<usize>,
    /// Nodes that need wait for nobody; the first in the plan's order starts first.
    ready: BTreeSet<usize>,
    begun: Duration,
    deadline: Duration,
    entries: Vec<Entry>,
}

impl Engine {
    /// Starts every service.
    pub(super) async fn ascend(&mut self) -> Result<StartReport, Fall> {
        let mut climb = self.prepare_climb();
        match self.climb(&mut climb).await {
            Ok(()) => Ok(StartReport::new(&self.plan, &climb.entries)),
            Err(cause) => Err(Fall { cause, siblings: self.cancel_starting(&mut climb.crew).await }),
        }
    }

    fn prepare_climb(&self) -> Climb {
        let waits: Vec<_> = self.plan.nodes().iter().map(|node| node.needs.len()).collect();
        let begun = self.time.now();
        Climb {
            crew: Crew::new(Arc::clone(&self.time)),
            ready: (0..waits.len()).filter(|&node| waits[node] == 0).collect(),
            entries: vec![Entry::default(); waits.len()],
            waits,
            begun,
            deadline: begun.saturating_add(self.settings.start_total),
        }
    }

    async fn climb(&mut self, climb: &mut Climb) -> Result<(), StartCause> {
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
                    return Err(StartCause::Service(death));
                }
                ended = climb.crew.next() => match ended {
                    // Nobody starts and nobody can: a plan has no cycles, so all have started.
                    None => return Ok(()),
                    Some(ended) => self.note_start(climb, ended)?,
                },
            }
        }
    }

    fn begin_start(&self, climb: &mut Climb, index: usize) {
        let now = self.time.now();
        climb.entries[index].begun = now.saturating_sub(climb.begun);
        let node = &self.plan.nodes()[index];
        let Some(hooks) = node.hooks.clone() else {
            self.note_started(climb, index);
            return;
        };
        let context = self.context(index);
        let budget = self.settings.start_of(node).min(climb.deadline.saturating_sub(now));
        let span = tracing::info_span!("start", service = node.name);
        self.board.set_phase(index, Phase::Called);
        let board = Arc::clone(&self.board);
        let start = async move {
            board.set_phase(index, Phase::Starting);
            hooks.start(&context).await
        };
        climb.crew.begin(index, budget, start.instrument(span));
    }

    fn note_start(&self, climb: &mut Climb, ended: Ended) -> Result<(), StartCause> {
        let Ended { node, took, end } = ended;
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

    fn note_started(&self, climb: &mut Climb, started: usize) {
        climb.entries[started].ended = self.time.now().saturating_sub(climb.begun);
        self.board.set_phase(started, Phase::Started);
        for &node in self.plan.needed_by(started) {
            climb.waits[node] -= 1;
            if climb.waits[node] == 0 {
                climb.ready.insert(node);
            }
        }
    }

    /// Cancels what is starting and waits until it has been dropped, but no longer than its stop may take.
    async fn cancel_starting(&self, crew: &mut Crew) -> Vec<ServiceFailure> {
        crew.cancel(|node| self.settings.stop_of(&self.plan.nodes()[node]));
        let mut siblings = Vec::new();
        while let Some(Ended { node, took, end }) = crew.next().await {
            let failure = match end {
                End::Done(()) => {
                    // It was quicker than its cancellation: it has started, and is stopped like all that have.
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

    fn start_failure(&self, node: usize, took: Duration, failure: Failure) -> ServiceFailure {
        let failure = ServiceFailure::new(self.plan.nodes()[node].name, Step::Start, took, failure);
        tracing::error!("{failure}");
        self.board.note(&failure);
        failure
    }
}
