//! The supervisor of one background task, which restarts it as often as it may be.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::backoff::Backoff;
use super::failure::{Failure, ServiceFailure, Step};
use super::stopping::Stopping;
use super::time::Time;
use crate::error::BoxError;
use crate::panics;

/// What becomes of a background task that returns an error or panics.
///
/// ```
/// use std::time::Duration;
/// use di_core::lifecycle::{Backoff, Restart};
///
/// // After 100, 200 and 400 ms; the fourth death within a minute stops the application.
/// let restart =
///     Restart::OnFailure { intensity: 3, period: Duration::from_secs(60), backoff: Backoff::default() };
/// # let _ = restart;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restart {
    /// Its death stops the application.
    Never,
    /// It is restarted, at most `intensity` times per `period`; one death more stops the application.
    OnFailure {
        /// How many restarts there may be within the period.
        intensity: u32,
        /// The period, which ends at the death in question.
        period: Duration,
        /// How long each restart waits.
        backoff: Backoff,
    },
}

/// Runs one task, as often as it may be.
pub(super) struct Supervisor {
    pub(super) service: &'static str,
    #[cfg(feature = "metrics")]
    pub(super) container: Option<&'static str>,
    pub(super) name: Cow<'static, str>,
    pub(super) restart: Restart,
    /// When it was restarted, within the period.
    pub(super) recent: VecDeque<Duration>,
    pub(super) time: Arc<dyn Time>,
    pub(super) deaths: mpsc::UnboundedSender<ServiceFailure>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) listeners: Arc<AtomicUsize>,
}

impl Supervisor {
    pub(super) async fn run<M, F>(mut self, mut make: M)
    where
        M: FnMut(Stopping) -> F + Send,
        F: Future<Output = Result<(), BoxError>> + Send,
    {
        loop {
            let began = self.time.now();
            let stopping = Stopping::new(self.stopping.clone(), &self.listeners);
            let failure = match panics::caught_async(async { make(stopping).await }).await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => Failure::Error(error),
                Err(message) => Failure::Panicked(message),
            };
            let stops = *self.stopping.borrow();
            let Some(delay) = self.restart_after().filter(|_| !stops) else {
                let took = self.time.now().saturating_sub(began);
                let step = Step::Task(self.name.clone());
                // The receiver goes last, with the engine: then nobody is left to be told.
                let _gone = self.deaths.send(ServiceFailure::new(self.service, step, took, failure));
                return;
            };
            tracing::warn!(%failure, ?delay, "the task died and is restarted");
            #[cfg(feature = "metrics")]
            super::metrics::restart(self.container.unwrap_or_default(), self.service, &self.name);
            if delay > Duration::ZERO {
                let wakes = self.time.sleep_until(self.time.now().saturating_add(delay));
                tokio::select! {
                    biased;
                    // Nothing of it runs that would have to end.
                    _stopping = self.stopping.wait_for(|stopping| *stopping) => return,
                    () = wakes => {}
                }
            } else {
                // A task that dies before its first `.await` must still let others run, and let itself be dropped.
                tokio::task::yield_now().await;
            }
        }
    }

    /// How long it waits until it is made anew, if it is.
    fn restart_after(&mut self) -> Option<Duration> {
        let Restart::OnFailure { intensity, period, backoff } = self.restart else { return None };
        let now = self.time.now();
        while self.recent.front().is_some_and(|then| now.saturating_sub(*then) >= period) {
            self.recent.pop_front();
        }
        let restarts = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        (restarts < intensity).then(|| {
            self.recent.push_back(now);
            backoff.delay(restarts)
        })
    }
}
