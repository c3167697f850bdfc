//! Back-tests as jobs: one after the other, in a thread of their own, with progress and cancellation, kept in the state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use di_core::error::BoxError;
use di_core::lifecycle::{Context, Lifecycle};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::engine::job_thread::{JobThread, WAITING};
use crate::model::Timestamp;
use crate::panics::caught;
use crate::portfolio::performance::{result_figures, result_months};
use crate::ports::{
    BacktestError, BacktestFigures, BacktestJob, BacktestRequest, BacktestResult, IBacktestRunner, IBacktests,
    IConfigService, IStateManager, JobState, Progress, ResultFigures, StateError, StateFact,
};
use crate::store;
use crate::sync::lock;

/// Runs each job with the runner of the platform, and never two at the same time: the pipeline has the other processors.
pub struct BacktestJobs {
    runner: Arc<dyn IBacktestRunner>,
    /// What outlives this service.
    kept: Arc<dyn IStateManager>,
    /// How many jobs are kept.
    most: usize,
    /// The last number that was given. It is held until a job is durable, so that jobs begin in the order of their numbers.
    last: Mutex<u64>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    jobs: BTreeMap<u64, (BacktestJob, Progress)>,
    thread: JobThread,
    /// The job that the stop has ended, and nobody else.
    interrupted: Option<u64>,
    /// Jobs that had not ended with the run before, of which the state does not say so yet.
    unsaid: Vec<u64>,
}

#[di_core::service(provides = IBacktests, lifecycle(stop = "10s"))]
impl BacktestJobs {
    /// With the jobs that are kept; numbers go on after them. What had not ended with the run before never will.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: numbers would be given again.
    #[constructor]
    pub fn new(
        runner: Arc<dyn IBacktestRunner>,
        config: Arc<dyn IConfigService>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, StateError> {
        let (mut jobs, mut unsaid) = (BTreeMap::new(), Vec::new());
        for mut job in kept.backtests()? {
            if !job.state.is_final() {
                interrupt(&mut job, None);
                unsaid.push(job.id);
            }
            jobs.insert(job.id, (job, Progress::default()));
        }
        let last = jobs.last_key_value().map_or(0, |(id, _)| *id);
        let most = config.section::<store::Settings>().backtests;
        let state = State { jobs, unsaid, ..State::default() };
        Ok(Self { runner, kept, most, last: Mutex::new(last), state: Arc::new(Mutex::new(state)) })
    }

    /// Forgets the oldest jobs that have ended, where there are too many.
    fn forget(&self) {
        let mut state = lock(&self.state);
        while state.jobs.len() > self.most
            && let Some(id) = state.jobs.values().find(|(job, _)| job.state.is_final()).map(|(job, _)| job.id)
        {
            state.jobs.remove(&id);
            // It is not urgent: what is kept too long is forgotten with the next start.
            let _later = self.kept.append(StateFact::BacktestForgotten { id });
        }
    }
}

#[di_core::interface]
impl Lifecycle for BacktestJobs {
    /// Has the state say what was interrupted, and what is kept no longer.
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        {
            let mut state = lock(&self.state);
            state.thread.start();
            for id in std::mem::take(&mut state.unsaid) {
                if let Some((job, _)) = state.jobs.get(&id) {
                    keep(&*self.kept, job, None);
                }
            }
        }
        self.forget();
        Ok(())
    }

    /// Gives up what has not ended.
    async fn stop(&self) -> Result<(), BoxError> {
        let (waited, ending) = {
            let mut state = lock(&self.state);
            let State { jobs, interrupted, thread, .. } = &mut *state;
            let mut waited = Vec::new();
            for (job, progress) in jobs.values_mut() {
                match job.state {
                    JobState::Waiting => {
                        interrupt(job, Some(SystemTime::now().into()));
                        waited.push(job.clone());
                    }
                    JobState::Running if !progress.is_cancelled() => {
                        *interrupted = Some(job.id);
                        progress.cancel();
                    }
                    _ => {}
                }
            }
            (waited, thread.stop())
        };
        for job in &waited {
            keep(&*self.kept, job, None);
        }
        ending.wait().await;
        Ok(())
    }
}

impl IBacktests for BacktestJobs {
    fn begin(&self, request: BacktestRequest) -> Result<BacktestJob, BacktestError> {
        self.runner.check(&request)?;
        let mut last = lock(&self.last);
        {
            let state = lock(&self.state);
            if state.thread.is_stopped() {
                return Err(BacktestError::Cancelled);
            }
            if state.jobs.values().filter(|(job, _)| job.state == JobState::Waiting).count() >= WAITING {
                return Err(BacktestError::TooMany(WAITING));
            }
        }
        let job = BacktestJob {
            id: last.saturating_add(1),
            request,
            state: JobState::Waiting,
            permille: 0,
            created: SystemTime::now().into(),
            ended: None,
            error: None,
            figures: None,
        };
        // The number is taken, whatever becomes of it.
        *last = job.id;
        self.kept.append(StateFact::Backtest { job: Box::new(job.clone()), result: None })?;
        let mut state = lock(&self.state);
        if state.thread.is_stopped() {
            // What was kept as waiting is interrupted with the next start.
            return Err(BacktestError::Cancelled);
        }
        state.jobs.insert(job.id, (job.clone(), Progress::default()));
        let (runner, kept, shared) = (Arc::clone(&self.runner), Arc::clone(&self.kept), Arc::clone(&self.state));
        if let Err(error) = state.thread.run("back-tests", move || run_all(&*runner, &*kept, &shared)) {
            state.jobs.remove(&job.id);
            let _later = self.kept.append(StateFact::BacktestForgotten { id: job.id });
            return Err(BacktestError::Failed(error.to_string()));
        }
        drop(state);
        self.forget();
        Ok(job)
    }

    fn jobs(&self) -> Vec<BacktestJob> {
        lock(&self.state).jobs.values().rev().map(seen).collect()
    }

    fn result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError> {
        self.kept.backtest_result(id)
    }

    /// What waits is cancelled at once, what runs as soon as it looks.
    fn cancel(&self, id: u64) -> Option<BacktestJob> {
        let (now, was_waiting) = {
            let mut state = lock(&self.state);
            let entry = state.jobs.get_mut(&id)?;
            let (job, progress) = &mut *entry;
            progress.cancel();
            let was_waiting = job.state == JobState::Waiting;
            if was_waiting {
                (job.state, job.ended) = (JobState::Cancelled, Some(SystemTime::now().into()));
            }
            (seen(entry), was_waiting)
        };
        // The state may be slow to take it: nobody who looks waits for that.
        if was_waiting {
            keep(&*self.kept, &now, None);
        }
        Some(now)
    }
}

/// A job with how far it is now.
fn seen((job, progress): &(BacktestJob, Progress)) -> BacktestJob {
    BacktestJob { permille: progress.permille(job.state), ..job.clone() }
}

/// The last word about a job. It is not urgent: what is lost with the process is a job that was interrupted.
fn keep(kept: &dyn IStateManager, job: &BacktestJob, result: Option<Arc<BacktestResult>>) {
    let _later = kept.append(StateFact::Backtest { job: Box::new(job.clone()), result });
}

fn interrupt(job: &mut BacktestJob, ended: Option<Timestamp>) {
    (job.state, job.ended) = (JobState::Interrupted, ended);
    job.error = Some("the platform ended before it did".to_owned());
}

/// Runs what waits, oldest first, until nothing does.
fn run_all(runner: &dyn IBacktestRunner, kept: &dyn IStateManager, shared: &Mutex<State>) {
    loop {
        let (mut job, progress) = {
            let mut state = lock(shared);
            let State { jobs, thread, .. } = &mut *state;
            let next = jobs.values_mut().find(|(job, _)| job.state == JobState::Waiting);
            let Some((job, progress)) = thread.take(next) else { return };
            job.state = JobState::Running;
            (job.clone(), progress.clone())
        };
        let id = job.id;
        tracing::info!("back-test {id} begins");
        keep(kept, &job, None);
        let outcome = caught(|| runner.run(&job.request, &progress));
        let outcome = outcome.unwrap_or_else(|panic| Err(BacktestError::Failed(format!("it panicked: {panic}"))));
        let now = SystemTime::now().into();
        job.ended = Some(now);
        let mut result = None;
        match outcome {
            Ok(whole) => {
                let (figures, months) = (result_figures(&whole), result_months(&whole));
                (job.state, job.figures) = (JobState::Done, figures.map(|figures| job_figures(&whole, &figures)));
                result = Some(Arc::new(whole.shortened(figures, months)));
            }
            Err(BacktestError::Cancelled) if lock(shared).interrupted == Some(id) => interrupt(&mut job, Some(now)),
            Err(BacktestError::Cancelled) => job.state = JobState::Cancelled,
            Err(error) => (job.state, job.error) = (JobState::Failed, Some(error.to_string())),
        }
        tracing::info!("back-test {id} is {}", job.state);
        // First kept, then shown: who sees that it is done can ask for what came of it.
        keep(kept, &job, result);
        lock(shared).jobs.insert(id, (job, progress));
    }
}

fn job_figures(result: &BacktestResult, figures: &ResultFigures) -> BacktestFigures {
    let ResultFigures { max_drawdown, trades, won, refused, .. } = *figures;
    let percent = max_drawdown.and_then(|fall| Decimal::from_f64(-fall * 100.0));
    BacktestFigures {
        currency: result.currency.clone(),
        cash: result.cash,
        equity: result.equity,
        fees: result.fees,
        trades,
        won,
        refused,
        max_drawdown_percent: percent.map(|percent| percent.round_dp(4)),
    }
}

impl std::fmt::Debug for BacktestJobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BacktestJobs").field("state", &*lock(&self.state)).finish_non_exhaustive()
    }
}
