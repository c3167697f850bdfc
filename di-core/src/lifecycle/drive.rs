//! The whole life of an application: start, run, stop.

use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::command::Command;
use super::engine::Engine;
use super::error::{StartCause, StartError, StopError};
use super::failure::ServiceFailure;
use super::members::Members;
use super::report::{StartReport, StopReport};
use super::service_state::Phase;
use super::status::State;
use super::stop_reason::StopReason;

/// What everybody is told who waits for the end.
pub(super) type Stopped = Result<StopReport, StopError>;

/// Lives the life of an application. It runs as a task of its own, so that nobody who drops a future leaves services
/// half-started or half-stopped.
pub(super) async fn drive(
    mut engine: Engine,
    started: oneshot::Sender<Result<StartReport, StartError>>,
    stopped: watch::Sender<Option<Stopped>>,
) {
    #[cfg(feature = "health")]
    let watch = engine.watch();
    let all = Members::all(engine.plan.nodes().len());
    match engine.start(&all).await {
        Ok(report) => {
            tracing::info!(took = ?report.total(), "all services have started");
            engine.shared.set_state(State::Running);
            // If nobody waits for the start any more, the stop has been requested, too.
            let _dropped = started.send(Ok(report));
            let (reason, cause) = engine.until_stop().await;
            engine.commands.close();
            tracing::info!(%reason, "stopping");
            engine.drain().await;
            engine.shared.set_state(State::Stopping);
            let result = engine.stop(&all, reason, cause.into_iter().collect()).await;
            engine.shared.set_state(State::Stopped);
            #[cfg(feature = "health")]
            engine.end_watch(watch).await;
            stopped.send_replace(Some(result));
        }
        Err(aborted) => {
            let reason = aborted.reason();
            tracing::error!(cause = %aborted.cause, "the start did not succeed; rolling back");
            engine.shared.request(reason.clone());
            engine.shared.set_state(State::Stopping);
            let result = engine.stop(&all, reason, Vec::new()).await;
            engine.shared.set_state(State::Stopped);
            #[cfg(feature = "health")]
            engine.end_watch(watch).await;
            let rollback = result.as_ref().err().cloned();
            stopped.send_replace(Some(result));
            // If nobody waits for the start any more, whoever waits for the stop is told.
            let _dropped = started.send(Err(StartError::rolled_back(aborted, rollback)));
        }
    }
}

impl Engine {
    /// Waits for somebody to ask for the stop, or for a background task to die; carries out commands meanwhile.
    async fn until_stop(&mut self) -> (StopReason, Option<ServiceFailure>) {
        loop {
            if let Some(death) = self.held.pop_front() {
                return self.stop_because_of(death);
            }
            tokio::select! {
                biased;
                reason = self.shared.until_requested() => return (reason, None),
                Some(death) = self.deaths.recv() => {
                    tracing::error!("{death}");
                    self.shared.note(&death);
                    return self.stop_because_of(death);
                }
                Some(command) = self.commands.recv() => self.carry_out(command).await,
            }
        }
    }

    fn stop_because_of(&self, death: ServiceFailure) -> (StopReason, Option<ServiceFailure>) {
        let reason = StopReason::of_task(&death);
        // Readiness goes down, and the tasks and hooks that ask see why.
        self.shared.request(reason.clone());
        (reason, Some(death))
    }

    async fn carry_out(&mut self, command: Command) {
        match command {
            Command::Start { node, done } => {
                // An error says that nobody waits any more.
                let _gone = done.send(self.start_with_needs(node).await);
            }
            Command::Stop { node, done } => {
                let _gone = done.send(self.stop_with_dependents(node).await);
            }
        }
    }

    /// Starts a service and all that it needs and that does not run.
    async fn start_with_needs(&mut self, node: usize) -> Result<StartReport, StartError> {
        let started = |node| self.shared.phase(node) == Phase::Started;
        let members = Members::from(node, |node| &self.plan.nodes()[node].needs, |node| !started(node));
        let names = |nodes: &mut dyn Iterator<Item = usize>| nodes.map(|node| self.plan.nodes()[node].name).collect();
        let stuck: Vec<_> = names(&mut members.iter().filter(|&node| self.shared.phase(node) == Phase::Abandoned));
        if !stuck.is_empty() {
            return Err(StartError::new(StartCause::StillRunning { services: stuck }));
        }
        members.iter().for_each(|node| self.tasks[node].reopen());
        match self.start(&members).await {
            Ok(report) => Ok(report),
            Err(aborted) => {
                let rollback = self.stop(&members, aborted.reason(), Vec::new()).await;
                Err(StartError::rolled_back(aborted, rollback.err()))
            }
        }
    }

    /// Stops a service and all that need it.
    async fn stop_with_dependents(&mut self, node: usize) -> Result<StopReport, StopError> {
        let started = |node| self.shared.phase(node) == Phase::Started;
        let members = Members::from(node, |node| self.plan.needed_by(node), started);
        self.stop(&members, StopReason::Asked, Vec::new()).await
    }

    /// Lets the world notice that readiness is down.
    async fn drain(&self) {
        self.shared.set_state(State::Draining);
        if self.settings.drain > Duration::ZERO {
            self.time.sleep_until(self.time.now().saturating_add(self.settings.drain)).await;
        }
    }
}
