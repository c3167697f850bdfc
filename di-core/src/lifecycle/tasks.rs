//! The background tasks of one service: owned, noticed when they die, and ended with the service.

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

use super::failure::{Failure, ServiceFailure, Step};
use super::stopping::Stopping;
use super::supervisor::{Restart, Supervisor};
use super::time::Time;
use crate::error::BoxError;

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

    /// Whether all have ended by then; those that have are joined and gone, so that none is joined twice.
    async fn all_ended(&self, tasks: &mut Vec<Task>, until: Duration) -> bool {
        let ended = async {
            while let Some(task) = tasks.last_mut() {
                // An error says that it was dropped or panicked; the supervisor has told what there is to tell.
                let _joined = (&mut task.handle).await;
                tasks.pop();
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
