//! The shared state of a running application: the engine writes it, and everybody else reads it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};

use super::command::Command;
use super::failure::ServiceFailure;
use super::plan::Plan;
use super::service_state::{LastFailure, Phase, ServiceState};
use super::status::{ServiceStatus, State};
use super::stop_reason::StopReason;
#[cfg(feature = "health")]
use crate::health::HealthStore;

#[derive(Debug)]
pub(crate) struct SharedState {
    container: Option<&'static str>,
    services: Vec<Service>,
    states: Mutex<Vec<ServiceState>>,
    state: watch::Sender<State>,
    request: watch::Sender<Option<StopReason>>,
    /// Tells whoever waits that a phase or the state has changed.
    #[cfg(feature = "health")]
    changes: watch::Sender<()>,
    commands: mpsc::UnboundedSender<Command>,
    #[cfg(feature = "health")]
    health: HealthStore,
}

/// What never changes about a service.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) contracts: Vec<&'static str>,
    pub(crate) needs: Vec<usize>,
    pub(crate) needed_by: Vec<usize>,
    pub(crate) has_hooks: bool,
}

impl SharedState {
    pub(super) fn new(plan: &Plan, commands: mpsc::UnboundedSender<Command>) -> Self {
        let nodes = plan.nodes().iter().enumerate();
        let services: Vec<_> = nodes
            .map(|(index, node)| Service {
                name: node.name,
                contracts: node.contracts.clone(),
                needs: node.needs.clone(),
                needed_by: plan.needed_by(index).to_vec(),
                has_hooks: node.hooks.is_some(),
            })
            .collect();
        Self {
            container: plan.container(),
            states: Mutex::new(vec![
                ServiceState { phase: Phase::NotStarted, run: 0, last_failure: None };
                services.len()
            ]),
            services,
            state: watch::Sender::new(State::New),
            request: watch::Sender::new(None),
            #[cfg(feature = "health")]
            changes: watch::Sender::new(()),
            commands,
            #[cfg(feature = "health")]
            health: HealthStore::new(
                plan.nodes().iter().map(|node| node.watched.as_ref().is_some_and(|it| it.is_external)),
            ),
        }
    }

    /// The container's name, for spans and metrics; none for a plan that was listed by hand.
    pub(crate) fn container(&self) -> Option<&'static str> {
        self.container
    }

    /// The same as a label, which must always be there.
    #[cfg(feature = "metrics")]
    pub(crate) fn label(&self) -> &'static str {
        self.container.unwrap_or_default()
    }

    pub(crate) fn services(&self) -> &[Service] {
        &self.services
    }

    #[cfg(feature = "health")]
    pub(crate) fn health(&self) -> &HealthStore {
        &self.health
    }

    /// Asks the engine for something; says whether it is there to hear it.
    pub(super) fn command(&self, command: Command) -> bool {
        self.commands.send(command).is_ok()
    }

    /// Where a service stands in the plan.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.services.iter().position(|service| service.name == name)
    }

    /// How all services are at this moment.
    pub(crate) fn states(&self) -> Vec<ServiceState> {
        self.lock().clone()
    }

    fn has_changed(&self) {
        #[cfg(feature = "health")]
        self.changes.send_replace(());
    }

    /// Is told of each change of a phase or of the state from now on.
    #[cfg(feature = "health")]
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(crate) fn state(&self) -> State {
        *self.state.borrow()
    }

    pub(crate) fn set_state(&self, state: State) {
        self.state.send_replace(state);
        self.has_changed();
    }

    /// Whether new work is welcome: all services have started, none is known not to work, and nobody has asked to stop.
    pub(crate) fn is_ready(&self) -> bool {
        if self.state() != State::Running || self.requested().is_some() {
            return false;
        }
        let states = self.lock();
        let ready = states.iter().all(|state| state.phase == Phase::Started && state.last_failure.is_none());
        #[cfg(feature = "health")]
        let ready = ready && self.health.nothing_is_unhealthy(&states);
        ready
    }

    /// Whether it should be left alone: it has not stopped yet, and no check of its own says that it does not work.
    pub(crate) fn is_live(&self) -> bool {
        match self.state() {
            State::Stopped => false,
            #[cfg(feature = "health")]
            State::Running => self.health.nothing_inside_is_unhealthy(&self.lock()),
            _ => true,
        }
    }

    /// Ends when all services have started.
    pub(super) async fn until_running(&self) {
        let mut state = self.state.subscribe();
        // The sender is in `self`: it cannot have gone.
        let _running = state.wait_for(|state| *state == State::Running).await.is_ok();
    }

    /// Asks the application to stop; only the first reason counts. Says whether this was the first.
    pub(crate) fn request(&self, reason: StopReason) -> bool {
        self.request.send_if_modified(|request| {
            let first = request.is_none();
            if first {
                *request = Some(reason);
            }
            first
        })
    }

    pub(crate) fn requested(&self) -> Option<StopReason> {
        self.request.borrow().clone()
    }

    /// Ends when the application is asked to stop.
    pub(crate) async fn until_requested(&self) -> StopReason {
        let mut request = self.request.subscribe();
        let reason = request.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        match reason {
            Some(reason) => reason,
            // The sender is in `self`: it cannot have gone.
            None => std::future::pending().await,
        }
    }

    pub(crate) fn phase(&self, node: usize) -> Phase {
        self.lock()[node].phase
    }

    /// Keeps what went wrong for whoever asks.
    pub(crate) fn note(&self, failure: &ServiceFailure) {
        #[cfg(feature = "metrics")]
        super::metrics::failure(self.label(), failure);
        if let Some(node) = self.index(failure.service()) {
            self.lock()[node].last_failure = Some(LastFailure {
                #[cfg(feature = "health")]
                cause: failure.cause(),
                text: failure.to_string(),
            });
            self.has_changed();
        }
    }

    /// Notes that a `start` ended, but not well: unless it was never called, it needs `on_abort`.
    pub(crate) fn set_half_started(&self, node: usize) {
        let called = self.phase(node) == Phase::Called;
        self.set_phase(node, if called { Phase::NotStarted } else { Phase::HalfStarted });
    }

    pub(crate) fn set_phase(&self, node: usize, phase: Phase) {
        let state = &mut self.lock()[node];
        state.phase = phase;
        if phase == Phase::Called {
            // It begins anew: what was wrong with it before is over.
            state.last_failure = None;
        }
        if phase == Phase::Started {
            state.run += 1;
        }
        // A hook says by itself that it has been called. Whoever it woke would be next on its thread, and would wait for
        // as long as the hook blocks it; and its status is the same as before.
        if phase != Phase::Starting {
            self.has_changed();
        }
    }

    /// Services of which something may still run, in start order.
    pub(crate) fn still_running(&self) -> Vec<&'static str> {
        self.in_phase(|phase| !matches!(phase, Phase::NotStarted | Phase::Stopped))
    }

    /// Services whose `start` runs, in start order.
    pub(crate) fn starting(&self) -> Vec<&'static str> {
        self.in_phase(|phase| matches!(phase, Phase::Called | Phase::Starting))
    }

    /// The status of each service with hooks, in start order.
    pub(crate) fn statuses(&self) -> Vec<ServiceStatus> {
        let starts = self.state() == State::Starting;
        let states = self.lock();
        let hooked = self.services.iter().zip(states.iter()).filter(|(service, _)| service.has_hooks);
        hooked.map(|(service, state)| ServiceStatus { service: service.name, status: state.status(starts) }).collect()
    }

    fn in_phase(&self, wanted: impl Fn(Phase) -> bool) -> Vec<&'static str> {
        let states = self.lock();
        let all = self.services.iter().zip(states.iter());
        all.filter(|(service, state)| service.has_hooks && wanted(state.phase))
            .map(|(service, _)| service.name)
            .collect()
    }

    /// It is written in one step, so that a panic elsewhere leaves nothing half-written.
    fn lock(&self) -> MutexGuard<'_, Vec<ServiceState>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
