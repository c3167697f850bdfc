//! The background tasks of one service: owned, restarted, noticed when they die, and ended with the service.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::backoff::Backoff;
use super::error::{Failure, ServiceFailure, Step};
use super::time::Time;
use crate::panics;
use crate::service::BoxError;

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

/// Tells a background task that it shall end.
///
/// As long as a task keeps one, it is waited for and not dropped. See [`Context::supervise`](super::Context::supervise).
#[derive(Debug, Clone)]
pub struct Stopping {
    requested: watch::Receiver<bool>,
    /// Counts itself: see [`Listener`].
    _listener: Listener,
}

impl Stopping {
    /// Ends when the service is being stopped.
    pub async fn requested(&self) {
        let mut requested = self.requested.clone();
        // An error says that the sender has gone, and with it the application: a task need not go on either.
        let _gone = requested.wait_for(|requested| *requested).await.is_err();
    }

    /// Whether the service is being stopped.
    pub fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }
}

/// How many of a task's [`Stopping`]s there are: a task without any cannot know that it shall end.
#[derive(Debug)]
struct Listener(Arc<AtomicUsize>);

impl Listener {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Clone for Listener {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

pub(super) struct Tasks {
    service: &'static str,
    container: Option<&'static str>,
    runtime: Handle,
    time: Arc<dyn Time>,
    deaths: mpsc::UnboundedSender<ServiceFailure>,
    stopping: watch::Sender<bool>,
    owned: Mutex<Owned>,
    /// Where the application was started: the span of a hook would be kept open by the tasks that it spawns.
    span: tracing::Span,
}

#[derive(Default)]
struct Owned {
    closed: bool,
    tasks: Vec<Task>,
    /// At how many tasks those that have ended are cleared away: twice as many as were left the last time.
    clear_at: usize,
}

struct Task {
    name: Cow<'static, str>,
    handle: JoinHandle<()>,
    listeners: Arc<AtomicUsize>,
}

/// A handle that is let go of would leave its task running on its own.
impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl Tasks {
    pub(super) fn new(
        service: &'static str,
        container: Option<&'static str>,
        runtime: Handle,
        time: Arc<dyn Time>,
        deaths: mpsc::UnboundedSender<ServiceFailure>,
    ) -> Self {
        Self {
            service,
            container,
            runtime,
            time,
            deaths,
            stopping: watch::Sender::new(false),
            owned: Mutex::default(),
            span: tracing::Span::current(),
        }
    }

    pub(super) fn service(&self) -> &'static str {
        self.service
    }

    pub(super) fn spawn<M, F>(&self, name: Cow<'static, str>, restart: Restart, make: M)
    where
        M: FnMut(Stopping) -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let mut owned = self.owned();
        if owned.closed {
            tracing::warn!(service = self.service, task = %name, "not run: the service has stopped");
            return;
        }
        if owned.tasks.len() >= owned.clear_at {
            owned.tasks.retain(|task| !task.handle.is_finished());
            owned.clear_at = (owned.tasks.len() * 2).max(16);
        }
        let listeners = Arc::new(AtomicUsize::new(0));
        let supervisor = Supervisor {
            service: self.service,
            #[cfg(feature = "metrics")]
            container: self.container,
            name: name.clone(),
            restart,
            recent: VecDeque::new(),
            time: Arc::clone(&self.time),
            deaths: self.deaths.clone(),
            stopping: self.stopping.subscribe(),
            listeners: Arc::clone(&listeners),
        };
        let span = tracing::info_span!(parent: &self.span, "task", service = self.service, container = self.container, task = %name);
        let handle = self.runtime.spawn(supervisor.run(make).instrument(span));
        owned.tasks.push(Task { name, handle, listeners });
    }

    /// Tells the tasks that they shall end.
    pub(super) fn announce(&self) {
        self.stopping.send_replace(true);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.owned().tasks.is_empty()
    }

    /// Ends all tasks, and lets no more begin: those that do not listen are dropped, the others have until `until`.
    /// Whoever is later is dropped and named, and waited for once more, until `grace` has passed.
    pub(super) async fn end(&self, until: Duration, grace: Duration) {
        let began = self.time.now();
        let mut tasks = self.close();
        for task in tasks.iter().filter(|task| task.listeners.load(Ordering::Acquire) == 0) {
            task.handle.abort();
        }
        if self.all_ended(&mut tasks, until).await {
            return;
        }
        for task in tasks.iter().filter(|task| !task.handle.is_finished()) {
            task.handle.abort();
            let took = self.time.now().saturating_sub(began);
            let failure = Failure::TimedOut { budget: until.saturating_sub(began) };
            self.report(Step::Task(task.name.clone()), took, failure);
        }
        self.all_ended(&mut tasks, self.time.now().saturating_add(grace)).await;
    }

    /// Lets tasks begin again, for a service that is started once more.
    pub(super) fn reopen(&self) {
        self.owned().closed = false;
        self.stopping.send_replace(false);
    }

    /// Drops all tasks without waiting.
    pub(super) fn abort(&self) {
        drop(self.close());
    }

    fn close(&self) -> Vec<Task> {
        let mut owned = self.owned();
        owned.closed = true;
        std::mem::take(&mut owned.tasks)
    }

    async fn all_ended(&self, tasks: &mut [Task], until: Duration) -> bool {
        let ended = async {
            for task in tasks {
                // An error says that it was dropped or panicked; the supervisor has told what there is to tell.
                let _joined = (&mut task.handle).await;
            }
        };
        tokio::select! {
            biased;
            () = ended => true,
            () = self.time.sleep_until(until) => false,
        }
    }

    fn report(&self, step: Step, took: Duration, failure: Failure) {
        // The receiver goes last, with the engine: then nobody is left to be told.
        let _gone = self.deaths.send(ServiceFailure::new(self.service, step, took, failure));
    }

    fn owned(&self) -> MutexGuard<'_, Owned> {
        self.owned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("service", &self.service).finish_non_exhaustive()
    }
}

/// Runs one task, as often as it may be.
struct Supervisor {
    service: &'static str,
    #[cfg(feature = "metrics")]
    container: Option<&'static str>,
    name: Cow<'static, str>,
    restart: Restart,
    /// When it was restarted, within the period.
    recent: VecDeque<Duration>,
    time: Arc<dyn Time>,
    deaths: mpsc::UnboundedSender<ServiceFailure>,
    stopping: watch::Receiver<bool>,
    listeners: Arc<AtomicUsize>,
}

impl Supervisor {
    async fn run<M, F>(mut self, mut make: M)
    where
        M: FnMut(Stopping) -> F + Send,
        F: Future<Output = Result<(), BoxError>> + Send,
    {
        loop {
            let began = self.time.now();
            let stopping = Stopping { requested: self.stopping.clone(), _listener: Listener::new(&self.listeners) };
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
