//! The stop: each service that was touched is stopped as soon as nobody that needs it runs any more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::engine::Engine;
use super::error::StopError;
use super::failure::{Failure, ServiceFailure, Step};
use super::hook_set::{End, Ended, HookSet};
use super::members::Members;
#[cfg(feature = "metrics")]
use super::metrics;
use super::report::{Entry, ServiceStop, StopReport, StopResult, critical_path};
use super::service_state::Phase;
use super::stop_reason::StopReason;

struct StopRun<'a> {
    engine: &'a Engine,
    members: &'a Members,
    hooks: HookSet,
    /// For the stop of how many members each node still waits.
    waits: Vec<usize>,
    /// Nodes that need wait for nobody; the last in the plan's order stops first.
    ready: BTreeSet<usize>,
    begun: Duration,
    deadline: Duration,
    entries: Vec<Entry>,
    going: Vec<Option<Going>>,
    failures: Vec<ServiceFailure>,
}

/// A node that is being stopped, or has been.
struct Going {
    step: Step,
    stage: Stage,
    budget: Duration,
    until: Duration,
    result: StopResult,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Its hook runs.
    Hook,
    /// Its hook was cancelled at its deadline, and should be dropped by now.
    Cut,
    /// Its background tasks are ending.
    Tasks,
}

impl Engine {
    /// Stops those of these services that were touched; whoever needs them is among them. `failures` is what went wrong before, the first cause first.
    pub(super) async fn stop(
        &mut self,
        members: &Members,
        reason: StopReason,
        failures: Vec<ServiceFailure>,
    ) -> Result<StopReport, StopError> {
        let mut run = StopRun::new(self, members, failures);
        run.run().await;
        let (report, mut failures) = run.into_report(reason);
        #[cfg(feature = "metrics")]
        metrics::stops(self.shared.label(), &report);
        // Tasks that died, or did not end, on the way.
        while let Ok(death) = self.deaths.try_recv() {
            tracing::error!("{death}");
            self.shared.note(&death);
            if self.shared.index(death.service()).is_none_or(|node| members.contains(node)) {
                failures.push(death);
            } else {
                self.held.push_back(death);
            }
        }
        if failures.is_empty() { Ok(report) } else { Err(StopError::new(failures, report)) }
    }
}

impl<'a> StopRun<'a> {
    fn new(engine: &'a Engine, members: &'a Members, failures: Vec<ServiceFailure>) -> Self {
        let nodes = engine.plan.nodes().len();
        let waits: Vec<_> = (0..nodes).map(|node| members.among(engine.plan.needed_by(node)).count()).collect();
        let begun = engine.time.now();
        Self {
            engine,
            members,
            hooks: HookSet::new(Arc::clone(&engine.time)),
            ready: members.iter().filter(|&node| waits[node] == 0).collect(),
            waits,
            begun,
            deadline: begun.saturating_add(engine.settings.stop_total),
            entries: vec![Entry::default(); nodes],
            going: (0..nodes).map(|_| None).collect(),
            failures,
        }
    }

    async fn run(&mut self) {
        loop {
            while let Some(node) = self.ready.pop_last() {
                self.begin(node);
            }
            match self.hooks.next().await {
                Some(ended) => self.note(ended),
                None => return,
            }
        }
    }

    fn begin(&mut self, index: usize) {
        let now = self.engine.time.now();
        self.entries[index].begun = now.saturating_sub(self.begun);
        let node = &self.engine.plan.nodes()[index];
        let phase = self.engine.shared.phase(index);
        // What was stopped before is not stopped again, and no hook may run beside one that was abandoned.
        let is_over = matches!(phase, Phase::NotStarted | Phase::Stopped | Phase::Abandoned);
        let (Some(hooks), false) = (node.hooks.clone(), is_over) else {
            if phase != Phase::Abandoned {
                self.engine.shared.set_phase(index, Phase::Stopped);
            }
            self.release(index);
            return;
        };
        // When the total is used up, each is still attempted.
        let left = self.deadline.saturating_sub(now).max(self.engine.settings.last_call);
        let budget = self.engine.settings.stop_of(node).min(left);
        let step = if phase == Phase::Started { Step::Stop } else { Step::OnAbort };
        let result = if phase == Phase::Stuck { StopResult::Abandoned } else { StopResult::Stopped };
        let until = now.saturating_add(budget);
        self.going[index] = Some(Going { step, stage: Stage::Hook, budget, until, result });
        self.engine.shared.set_phase(index, Phase::Stopping);
        self.engine.tasks[index].announce();
        let container = self.engine.shared.container();
        match phase {
            // Its `start` still runs: no other hook may run beside it.
            Phase::Stuck => self.end_tasks(index),
            Phase::Started => {
                let span = tracing::info_span!("stop", service = node.name, container);
                self.hooks.begin(index, budget, async move { hooks.stop().await }.instrument(span));
            }
            _ => {
                let span = tracing::info_span!("on_abort", service = node.name, container);
                self.hooks.begin(index, budget, async move { hooks.on_abort().await }.instrument(span));
            }
        }
    }

    fn note(&mut self, Ended { node, took, end }: Ended) {
        let Some(going) = &mut self.going[node] else { return };
        match (going.stage, end) {
            (Stage::Hook, End::Done(())) | (Stage::Cut, End::Done(()) | End::Cancelled | End::Overdue(_)) => {}
            (Stage::Hook | Stage::Cut, End::Failed(failure)) => {
                if let Stage::Hook = going.stage {
                    going.result = StopResult::Failed;
                }
                self.fail(node, took, failure);
            }
            (Stage::Hook, End::Cancelled) => {
                going.result = StopResult::Failed;
                self.fail(node, took, Failure::Dropped);
            }
            (Stage::Hook, End::Overdue(overdue)) => {
                going.stage = Stage::Cut;
                going.result = StopResult::Abandoned;
                let budget = going.budget;
                self.hooks.wait_for(overdue, self.engine.settings.last_call);
                self.fail(node, took, Failure::TimedOut { budget });
                return;
            }
            (Stage::Tasks, end) => {
                let failure = match end {
                    End::Done(()) => None,
                    End::Failed(failure) => Some(failure),
                    End::Cancelled => Some(Failure::Dropped),
                    End::Overdue(_) => Some(Failure::TimedOut { budget: going.budget }),
                };
                if let Some(failure) = failure {
                    if going.result == StopResult::Stopped {
                        going.result = StopResult::Failed;
                    }
                    self.fail(node, took, failure);
                }
                self.finish(node);
                return;
            }
        }
        self.end_tasks(node);
    }

    /// The background tasks have what the hook left of the budget, and at least the last call.
    fn end_tasks(&mut self, node: usize) {
        let Some(going) = &mut self.going[node] else { return };
        let tasks = Arc::clone(&self.engine.tasks[node]);
        if tasks.is_empty() {
            // So that none begins from now on.
            tasks.abort();
            self.finish(node);
            return;
        }
        going.stage = Stage::Tasks;
        let last_call = self.engine.settings.last_call;
        let now = self.engine.time.now();
        let until = going.until.max(now.saturating_add(last_call));
        // They end by themselves; this deadline only has to be later than theirs.
        let budget = until.saturating_sub(now) + last_call + Duration::from_secs(1);
        self.hooks.begin(node, budget, async move {
            tasks.end(until, last_call).await;
            Ok(())
        });
    }

    fn finish(&mut self, node: usize) {
        let abandoned = self.going[node].as_ref().is_some_and(|going| going.result == StopResult::Abandoned);
        self.engine.shared.set_phase(node, if abandoned { Phase::Abandoned } else { Phase::Stopped });
        tracing::info!(service = self.engine.plan.nodes()[node].name, abandoned, "stopped");
        self.release(node);
    }

    /// Nobody needs to wait for it any more.
    fn release(&mut self, stopped: usize) {
        self.entries[stopped].ended = self.engine.time.now().saturating_sub(self.begun);
        for node in self.members.among(&self.engine.plan.nodes()[stopped].needs) {
            self.waits[node] -= 1;
            if self.waits[node] == 0 {
                self.ready.insert(node);
            }
        }
    }

    fn fail(&mut self, node: usize, took: Duration, failure: Failure) {
        let step = self.going[node].as_ref().map_or(Step::Stop, |going| going.step.clone());
        let failure = ServiceFailure::new(self.engine.plan.nodes()[node].name, step, took, failure);
        tracing::error!("{failure}");
        self.engine.shared.note(&failure);
        self.failures.push(failure);
    }

    fn into_report(self, reason: StopReason) -> (StopReport, Vec<ServiceFailure>) {
        let plan = &self.engine.plan;
        let path = critical_path(&self.entries, |node| plan.needed_by(node));
        let touched = |node: &&usize| self.going[**node].is_some();
        let critical_path = path.iter().filter(touched).map(|&node| plan.nodes()[node].name).collect();
        let mut services: Vec<_> = plan
            .nodes()
            .iter()
            .zip(&self.entries)
            .zip(self.going)
            .filter_map(|((node, entry), going)| {
                going.map(|going| ServiceStop {
                    service: node.name,
                    step: going.step,
                    waiting: entry.begun,
                    stop: entry.ended.saturating_sub(entry.begun),
                    result: going.result,
                })
            })
            .collect();
        services.reverse();
        let total = self.entries.iter().map(|entry| entry.ended).max().unwrap_or_default();
        (StopReport { reason, total, critical_path, services }, self.failures)
    }
}
