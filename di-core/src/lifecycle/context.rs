//! The context of a start: background tasks, the probes, the clock, and a way to stop it all.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::registry::Registry;
use super::shared_state::SharedState;
use super::status::Probes;
use super::stop_reason::StopReason;
use super::stopping::Stopping;
use super::supervisor::Restart;
use super::tasks::Tasks;
use super::time::Time;
use crate::error::BoxError;
#[cfg(feature = "health")]
use crate::health::HealthMonitor;

/// What the application gives to a service at its start; it can be kept and cloned.
///
/// It knows nothing of the other services, so that a service that keeps it keeps none of them alive.
#[derive(Clone)]
pub struct Context {
    tasks: Arc<Tasks>,
    shared: Arc<SharedState>,
    time: Arc<dyn Time>,
}

impl Context {
    pub(super) fn new(tasks: Arc<Tasks>, shared: Arc<SharedState>, time: Arc<dyn Time>) -> Self {
        Self { tasks, shared, time }
    }

    /// The service's name in the plan.
    pub fn service(&self) -> &'static str {
        self.tasks.service()
    }

    /// Runs `future` in the background until it ends or the service has stopped, whichever is first.
    ///
    /// If it returns an error or panics, the application stops with that as its cause. To return `Ok` is to be done.
    /// When the service's `stop` has returned, the future is dropped at its next `.await`. After the service has
    /// stopped, nothing is run.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use di_core::lifecycle::{Context, Lifecycle};
    /// # use di_core::error::BoxError;
    /// # use di_core::interface;
    /// # struct Venue;
    /// #[interface]
    /// impl Lifecycle for Venue {
    ///     async fn start(&self, context: &Context) -> Result<(), BoxError> {
    ///         context.spawn("heartbeat", async {
    ///             loop {
    ///                 tokio::time::sleep(Duration::from_secs(1)).await;
    ///             }
    ///         });
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn spawn<F>(&self, name: impl Into<Cow<'static, str>>, future: F)
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let mut future = Some(future);
        self.tasks.spawn(name.into(), Restart::Never, move |_| {
            let future = future.take();
            async move {
                match future {
                    Some(future) => future.await,
                    // It is never restarted, and so never made twice.
                    None => Ok(()),
                }
            }
        });
    }

    /// Runs a task in the background that is told when the service stops, and then has what is left of the service's stop
    /// budget to end by itself: to write what it holds, or to answer what it has accepted.
    ///
    /// As with [`spawn`](Self::spawn), an error or a panic stops the application, and to return `Ok` is to be done. A task
    /// that drops its [`Stopping`] is dropped like one of `spawn`.
    ///
    /// ```
    /// # use di_core::lifecycle::{Context, Lifecycle};
    /// # use di_core::error::BoxError;
    /// # use di_core::interface;
    /// # struct Journal;
    /// # async fn next_entry() -> String { String::new() }
    /// # async fn write(_: &mut Vec<String>) -> Result<(), BoxError> { Ok(()) }
    /// #[interface]
    /// impl Lifecycle for Journal {
    ///     async fn start(&self, context: &Context) -> Result<(), BoxError> {
    ///         context.spawn_until("write", |stopping| async move {
    ///             let mut waiting = Vec::new();
    ///             loop {
    ///                 tokio::select! {
    ///                     () = stopping.requested() => return write(&mut waiting).await,
    ///                     entry = next_entry() => waiting.push(entry),
    ///                 }
    ///             }
    ///         });
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn spawn_until<M, F>(&self, name: impl Into<Cow<'static, str>>, task: M)
    where
        M: FnOnce(Stopping) -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let mut task = Some(task);
        self.tasks.spawn(name.into(), Restart::Never, move |stopping| {
            let future = task.take().map(|task| task(stopping));
            async move {
                match future {
                    Some(future) => future.await,
                    // It is never restarted, and so never made twice.
                    None => Ok(()),
                }
            }
        });
    }

    /// Runs what `make` makes in the background, and makes it anew when it dies, as often as `restart` allows.
    ///
    /// A task that keeps its [`Stopping`] is not dropped when the service stops: it is told, and has what is left of
    /// the service's stop budget to end by itself.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use di_core::lifecycle::{Backoff, Context, Lifecycle, Restart};
    /// # use di_core::error::BoxError;
    /// # use di_core::interface;
    /// # struct Feed;
    /// # async fn next_message() -> Result<(), BoxError> { Ok(()) }
    /// #[interface]
    /// impl Lifecycle for Feed {
    ///     async fn start(&self, context: &Context) -> Result<(), BoxError> {
    ///         let period = Duration::from_secs(60);
    ///         let restart = Restart::OnFailure { intensity: 3, period, backoff: Backoff::default() };
    ///         context.supervise("messages", restart, |stopping| async move {
    ///             loop {
    ///                 tokio::select! {
    ///                     () = stopping.requested() => return Ok(()),
    ///                     message = next_message() => message?,
    ///                 }
    ///             }
    ///         });
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn supervise<M, F>(&self, name: impl Into<Cow<'static, str>>, restart: Restart, make: M)
    where
        M: FnMut(Stopping) -> F + Send + 'static,
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.tasks.spawn(name.into(), restart, make);
    }

    /// Asks the application to stop, and returns at once: a hook that awaited the stop would wait for itself.
    pub fn request_stop(&self) {
        self.shared.request(StopReason::Asked);
    }

    /// How the application's services are, for a service that watches them or answers probes.
    #[cfg(feature = "health")]
    pub fn health(&self) -> HealthMonitor {
        HealthMonitor::new(Arc::clone(&self.shared))
    }

    /// Readiness and liveness, for a service that answers probes.
    pub fn probes(&self) -> Probes {
        Probes::new(Arc::clone(&self.shared))
    }

    /// The application's services by name, for a service through which an operator starts and stops others.
    pub fn registry(&self) -> Registry {
        Registry::new(Arc::clone(&self.shared))
    }

    /// The application's clock.
    pub fn time(&self) -> &Arc<dyn Time> {
        &self.time
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("service", &self.service()).finish_non_exhaustive()
    }
}
