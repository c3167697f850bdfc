//! The application: start, stop, run, and the questions in between.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tracing::Instrument;

use super::command::Command;
use super::constructions::Constructions;
use super::drive::{Stopped, drive};
use super::engine::Engine;
use super::error::{StartCause, StartError, StopError};
use super::forced_exit::ForcedExit;
use super::outcome::{Outcome, say_loudly};
use super::owned_task::OwnedTask;
use super::plan::Plan;
use super::registry::Registry;
use super::report::{StartReport, StopReport};
use super::settings::Settings;
use super::shared_state::SharedState;
use super::signals::{OsSignals, Signals, listen};
use super::status::{Probes, ServiceStatus, State};
use super::stop_reason::StopReason;
use super::tasks::Tasks;
use super::time::{Time, TokioTime};
use super::unknown::UnknownService;

/// A plan that is carried out once: started, supervised and stopped.
///
/// The work is done by a task of its own. A future that is dropped leaves nothing half-done: without its `start`, the
/// application is rolled back, and without its `stop`, it goes on stopping.
///
/// An application must be stopped before it is dropped; if it is not, it says so loudly, drops its background tasks,
/// and does not wait.
///
/// ```
/// use std::time::Duration;
/// use di_core::lifecycle::{Application, Plan, Settings, State};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let settings = Settings::default().start_total(Duration::from_secs(10));
/// let application = Application::new(Plan::new([])?).with_settings(settings)?;
/// application.start().await?;
/// assert_eq!(application.state(), State::Running);
/// application.stop().await?;
/// # Ok(())
/// # }
/// ```
pub struct Application {
    shared: Arc<SharedState>,
    slot: Mutex<Slot>,
    stopped: watch::Receiver<Option<Stopped>>,
    exit: Arc<dyn Fn(ForcedExit) + Send + Sync>,
    started: Box<dyn Fn(&StartReport) + Send + Sync>,
}

enum Slot {
    New(Box<Prepared>),
    Started {
        driver: AbortHandle,
        tasks: Vec<Arc<Tasks>>,
    },
    /// It was stopped before it was started.
    Closed,
}

struct Prepared {
    plan: Plan,
    settings: Settings,
    time: Arc<dyn Time>,
    stopped: watch::Sender<Option<Stopped>>,
    commands: mpsc::UnboundedReceiver<Command>,
}

impl Application {
    /// An application with default settings, of which nothing runs yet.
    pub fn new(plan: Plan) -> Self {
        let (sender, stopped) = watch::channel(None);
        let (command, commands) = mpsc::unbounded_channel();
        let shared = Arc::new(SharedState::new(&plan, command));
        let (settings, time) = (Settings::default(), Arc::new(TokioTime::new()));
        let prepared = Box::new(Prepared { plan, settings, time, stopped: sender, commands });
        let exit = Arc::new(|forced: ForcedExit| std::process::exit(forced.code));
        Self { shared, slot: Mutex::new(Slot::New(prepared)), stopped, exit, started: Box::new(|_| ()) }
    }

    /// Gives it other budgets.
    ///
    /// # Errors
    ///
    /// A budget of a service that is not in the plan.
    pub fn with_settings(self, settings: Settings) -> Result<Self, UnknownService> {
        if let Slot::New(prepared) = &mut *self.slot() {
            settings.check(&prepared.plan)?;
            prepared.settings = settings;
        }
        Ok(self)
    }

    /// Tells it how long the constructors of its container took, for the start report.
    #[must_use]
    pub fn with_constructions(self, times: &Constructions) -> Self {
        if let Slot::New(prepared) = &mut *self.slot() {
            prepared.plan.note_constructions(times);
        }
        self
    }

    /// Gives it another clock.
    #[must_use]
    pub fn with_time(self, time: Arc<dyn Time>) -> Self {
        if let Slot::New(prepared) = &mut *self.slot() {
            prepared.time = time;
        }
        self
    }

    /// Says what happens at a second signal, instead of [`std::process::exit`].
    #[must_use]
    pub fn with_exit(mut self, exit: impl Fn(ForcedExit) + Send + Sync + 'static) -> Self {
        self.exit = Arc::new(exit);
        self
    }

    /// Says what [`run`](Self::run) tells of the start once it has succeeded; whoever calls [`start`](Self::start) has
    /// the report in hand.
    ///
    /// ```no_run
    /// # use di_core::lifecycle::{Application, Outcome};
    /// # async fn run(application: Application) -> Outcome {
    /// application.with_started(|report| println!("{report}")).run().await
    /// # }
    /// ```
    #[must_use]
    pub fn with_started(mut self, started: impl Fn(&StartReport) + Send + Sync + 'static) -> Self {
        self.started = Box::new(started);
        self
    }

    /// Starts every service, each as soon as all that it needs has started.
    ///
    /// # Errors
    ///
    /// The first cause for which the start failed or was cancelled. By then everything that had started has been
    /// stopped, and what went wrong with that is attached. A second call is an error and does nothing.
    pub async fn start(&self) -> Result<StartReport, StartError> {
        let started = self.launch()?;
        let mut guard = CancelOnDrop(Some(&self.shared));
        let result = started.await;
        guard.0 = None;
        result.unwrap_or_else(|_dropped| Err(StartError::new(StartCause::NoRuntime)))
    }

    /// Stops every service that has started, and waits for it. Whoever else calls it is given the same result.
    ///
    /// During a start, it cancels the start. Before a start, it keeps the start from ever happening.
    ///
    /// # Errors
    ///
    /// All that went wrong: hooks that failed or did not end in time, and background tasks that died.
    pub async fn stop(&self) -> Result<StopReport, StopError> {
        self.request_stop();
        self.finished().await
    }

    /// Asks it to stop, and does not wait.
    pub fn request_stop(&self) {
        self.shared.request(StopReason::Asked);
        let mut slot = self.slot();
        if let Slot::New(prepared) = &*slot {
            self.shared.set_state(State::Stopped);
            #[cfg(feature = "health")]
            self.shared.health().close();
            prepared.stopped.send_replace(Some(Ok(StopReport::empty(StopReason::Asked))));
            *slot = Slot::Closed;
        }
    }

    /// Waits until everything has stopped, for whatever reason, and asks for nothing.
    ///
    /// # Errors
    ///
    /// Those of [`stop`](Self::stop).
    pub async fn finished(&self) -> Result<StopReport, StopError> {
        let mut stopped = self.stopped.clone();
        let result = stopped.wait_for(Option::is_some).await.ok().and_then(|result| result.clone());
        result.unwrap_or_else(|| Err(StopError::no_runtime()))
    }

    /// Arms the signals of the operating system, starts, waits for a signal or for the death of a background task, and
    /// stops. At a second signal, the process exits at once.
    pub async fn run(&self) -> Outcome {
        self.run_with(OsSignals::default()).await
    }

    /// The same with signals from elsewhere.
    pub async fn run_with(&self, mut signals: impl Signals) -> Outcome {
        if Handle::try_current().is_err() {
            return Outcome::new(Err(StartError::new(StartCause::NoRuntime)), None);
        }
        if let Err(error) = signals.arm() {
            return Outcome::new(Err(StartError::new(StartCause::Signals(error))), None);
        }
        let _listener = OwnedTask::spawn(listen(signals, Arc::clone(&self.shared), Arc::clone(&self.exit)));
        match self.start().await {
            Ok(report) => {
                (self.started)(&report);
                Outcome::new(Ok(report), Some(self.finished().await))
            }
            Err(error) if matches!(error.cause(), StartCause::AlreadyStarted | StartCause::NoRuntime) => {
                Outcome::new(Err(error), None)
            }
            Err(error) => Outcome::new(Err(error), Some(self.finished().await)),
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> State {
        self.shared.state()
    }

    /// How each service with hooks is, in start order.
    pub fn services(&self) -> Vec<ServiceStatus> {
        self.shared.statuses()
    }

    /// Its services by name, for tools and operators.
    pub fn registry(&self) -> Registry {
        Registry::new(Arc::clone(&self.shared))
    }

    /// Readiness and liveness, for whoever answers probes.
    pub fn probes(&self) -> Probes {
        Probes::new(Arc::clone(&self.shared))
    }

    #[cfg(feature = "health")]
    pub(crate) fn shared(&self) -> Arc<SharedState> {
        Arc::clone(&self.shared)
    }

    /// Begins the life, or says why it cannot. It does not wait: two calls cannot both begin it.
    fn launch(&self) -> Result<impl Future<Output = Result<Started, oneshot::error::RecvError>>, StartError> {
        let mut slot = self.slot();
        match &*slot {
            Slot::New(_) => {}
            Slot::Started { .. } => return Err(StartError::new(StartCause::AlreadyStarted)),
            Slot::Closed => {
                let reason = self.shared.requested().unwrap_or(StopReason::Asked);
                return Err(StartError::new(StartCause::Cancelled { reason, place: Vec::new() }));
            }
        }
        let runtime = Handle::try_current().map_err(|_none| StartError::new(StartCause::NoRuntime))?;
        let Slot::New(prepared) = std::mem::replace(&mut *slot, Slot::Closed) else {
            return Err(StartError::new(StartCause::AlreadyStarted));
        };
        let Prepared { plan, settings, time, stopped, commands } = *prepared;
        self.shared.set_state(State::Starting);
        let engine = Engine::new(plan, settings, time, Arc::clone(&self.shared), commands, &runtime);
        let tasks = engine.tasks.clone();
        let (sender, started) = oneshot::channel();
        let driver = runtime.spawn(drive(engine, sender, stopped).in_current_span());
        *slot = Slot::Started { driver: driver.abort_handle(), tasks };
        Ok(started)
    }

    /// It is changed in one step, so that a panic elsewhere leaves nothing half-written.
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Started = Result<StartReport, StartError>;

/// Cancels a start that nobody waits for any more.
struct CancelOnDrop<'a>(Option<&'a SharedState>);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(shared) = self.0 {
            shared.request(StopReason::StartDropped);
        }
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let state = self.shared.state();
        #[cfg(feature = "health")]
        if state == State::New {
            self.shared.health().close();
        }
        let Slot::Started { driver, tasks } = &*self.slot() else { return };
        if state == State::Stopped {
            return;
        }
        let running = self.shared.still_running().join(", ");
        if state == State::Running && self.shared.requested().is_none() {
            say_loudly(&format_args!(
                "the application was dropped without having been stopped: call `stop` first; never stopped: {running}"
            ));
            driver.abort();
            tasks.iter().for_each(|tasks| tasks.abort());
        } else {
            // It is on its way down by itself, as long as the runtime lives.
            say_loudly(&format_args!(
                "the application was dropped before it had stopped: await `stop` first; still running: {running}"
            ));
        }
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application").field("state", &self.state()).finish_non_exhaustive()
    }
}
