//! What is known about a running application: one place to which the engine writes and which everybody else reads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::error::StopReason;
use super::plan::Plan;
use super::status::{ServiceStatus, State, Status};

/// How far a service has come. More than its [`Status`] says: it decides which hook clears it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its start has not begun.
    Untouched,
    /// Its `start` is about to be polled for the first time. If it is cancelled now, it was never called.
    Called,
    /// Its `start` runs.
    Starting,
    /// Its `start` has returned.
    Started,
    /// Its `start` ended in another way: `on_abort` is its hook.
    HalfStarted,
    /// Its `start` did not end although it was cancelled: no hook may run beside it.
    Stuck,
    /// `stop` or `on_abort` runs, or its background tasks are ending.
    Stopping,
    /// `stop` or `on_abort` did not end in time.
    Abandoned,
    /// Nothing of it runs any more.
    Stopped,
}

#[derive(Debug)]
pub(super) struct Board {
    services: Vec<Service>,
    phases: Mutex<Vec<Phase>>,
    state: watch::Sender<State>,
    request: watch::Sender<Option<StopReason>>,
}

#[derive(Debug)]
struct Service {
    name: &'static str,
    has_hooks: bool,
}

impl Board {
    pub(super) fn new(plan: &Plan) -> Self {
        let services: Vec<_> =
            plan.nodes().iter().map(|node| Service { name: node.name, has_hooks: node.hooks.is_some() }).collect();
        let phases = Mutex::new(vec![Phase::Untouched; services.len()]);
        Self { services, phases, state: watch::Sender::new(State::New), request: watch::Sender::new(None) }
    }

    pub(super) fn state(&self) -> State {
        *self.state.borrow()
    }

    pub(super) fn set_state(&self, state: State) {
        self.state.send_replace(state);
    }

    /// Ends when all services have started.
    pub(super) async fn until_running(&self) {
        let mut state = self.state.subscribe();
        // The sender is in `self`: it cannot have gone.
        let _running = state.wait_for(|state| *state == State::Running).await.is_ok();
    }

    /// Asks the application to stop; only the first reason counts. Says whether this was the first.
    pub(super) fn request(&self, reason: StopReason) -> bool {
        self.request.send_if_modified(|request| {
            let first = request.is_none();
            if first {
                *request = Some(reason);
            }
            first
        })
    }

    pub(super) fn requested(&self) -> Option<StopReason> {
        self.request.borrow().clone()
    }

    /// Ends when the application is asked to stop.
    pub(super) async fn until_requested(&self) -> StopReason {
        let mut request = self.request.subscribe();
        let reason = request.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        match reason {
            Some(reason) => reason,
            // The sender is in `self`: it cannot have gone.
            None => std::future::pending().await,
        }
    }

    pub(super) fn phase(&self, node: usize) -> Phase {
        self.phases()[node]
    }

    /// Notes that a `start` ended, but not well: unless it was never called, it needs `on_abort`.
    pub(super) fn set_half_started(&self, node: usize) {
        let phase = &mut self.phases()[node];
        *phase = if *phase == Phase::Called { Phase::Untouched } else { Phase::HalfStarted };
    }

    pub(super) fn set_phase(&self, node: usize, phase: Phase) {
        self.phases()[node] = phase;
    }

    /// Services of which something may still run, in start order.
    pub(super) fn still_running(&self) -> Vec<&'static str> {
        self.in_phase(|phase| !matches!(phase, Phase::Untouched | Phase::Stopped))
    }

    /// Services whose `start` runs, in start order.
    pub(super) fn starting(&self) -> Vec<&'static str> {
        self.in_phase(|phase| matches!(phase, Phase::Called | Phase::Starting))
    }

    /// The status of each service with hooks, in start order.
    pub(super) fn statuses(&self) -> Vec<ServiceStatus> {
        let starts = self.state() == State::Starting;
        let phases = self.phases();
        let hooked = self.services.iter().zip(phases.iter()).filter(|(service, _)| service.has_hooks);
        hooked.map(|(service, phase)| ServiceStatus { service: service.name, status: status(*phase, starts) }).collect()
    }

    fn in_phase(&self, wanted: impl Fn(Phase) -> bool) -> Vec<&'static str> {
        let phases = self.phases();
        let all = self.services.iter().zip(phases.iter());
        all.filter(|(service, phase)| service.has_hooks && wanted(**phase)).map(|(service, _)| service.name).collect()
    }

    /// A phase is written in one step, so that a panic elsewhere leaves none half-written.
    fn phases(&self) -> MutexGuard<'_, Vec<Phase>> {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn status(phase: Phase, application_starts: bool) -> Status {
    match phase {
        Phase::Untouched if application_starts => Status::Starting,
        Phase::Untouched | Phase::Stopped => Status::Stopped,
        Phase::Called | Phase::Starting => Status::Starting,
        Phase::Started => Status::Healthy,
        Phase::HalfStarted | Phase::Stuck | Phase::Stopping | Phase::Abandoned => Status::Stopping,
    }
}
