//! The whole life of an application: up, a while at the top, and down.

use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::ascent::Fall;
use super::engine::Engine;
use super::error::{ServiceFailure, StartCause, StartError, Step, StopError, StopReason};
use super::report::{StartReport, StopReport};
use super::status::State;

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
    match engine.ascend().await {
        Ok(report) => {
            tracing::info!(took = ?report.total(), "all services have started");
            engine.board.set_state(State::Running);
            // If nobody waits for the start any more, the stop has been requested, too.
            let _dropped = started.send(Ok(report));
            let (reason, cause) = engine.until_stop().await;
            tracing::info!(%reason, "stopping");
            engine.drain().await;
            engine.board.set_state(State::Stopping);
            let result = engine.descend(reason, cause.into_iter().collect()).await;
            engine.board.set_state(State::Stopped);
            #[cfg(feature = "health")]
            watch.ended().await;
            stopped.send_replace(Some(result));
        }
        Err(Fall { cause, siblings }) => {
            let reason = match &cause {
                StartCause::Cancelled { reason, .. } => reason.clone(),
                _ => StopReason::StartFailed,
            };
            tracing::error!(%cause, "the start did not succeed; rolling back");
            engine.board.request(reason.clone());
            engine.board.set_state(State::Stopping);
            let result = engine.descend(reason, Vec::new()).await;
            engine.board.set_state(State::Stopped);
            #[cfg(feature = "health")]
            watch.ended().await;
            let rollback = result.as_ref().err().cloned();
            stopped.send_replace(Some(result));
            // If nobody waits for the start any more, whoever waits for the stop is told.
            let _dropped = started.send(Err(StartError::rolled_back(cause, siblings, rollback)));
        }
    }
}

impl Engine {
    /// Waits for somebody to ask for the stop, or for a background task to die.
    async fn until_stop(&mut self) -> (StopReason, Option<ServiceFailure>) {
        tokio::select! {
            biased;
            reason = self.board.until_requested() => (reason, None),
            Some(death) = self.deaths.recv() => {
                tracing::error!("{death}");
                self.board.note(&death);
                let task = match death.step() {
                    Step::Task(task) => task.clone(),
                    _ => "".into(),
                };
                let reason = StopReason::TaskDied { service: death.service(), task };
                // Readiness goes down, and the tasks and hooks that ask see why.
                self.board.request(reason.clone());
                (reason, Some(death))
            }
        }
    }

    /// Lets the world notice that readiness is down.
    async fn drain(&self) {
        self.board.set_state(State::Draining);
        if self.settings.drain > Duration::ZERO {
            self.time.sleep_until(self.time.now().saturating_add(self.settings.drain)).await;
        }
    }
}
