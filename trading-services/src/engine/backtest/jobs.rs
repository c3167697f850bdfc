//! Back-tests as jobs: one after the other, in a thread of their own, with progress and cancellation.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use di_core::error::BoxError;
use di_core::lifecycle::{Context, Lifecycle};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::panics::caught;
use crate::portfolio::performance::Performance;
use crate::ports::{BacktestError, BacktestJob, BacktestRequest, BacktestState, IBacktestRunner, IBacktests, Progress};
use crate::sync::lock;

/// So many jobs are remembered.
const REMEMBERED: usize = 50;

/// So many jobs may wait.
const WAITING: usize = 8;

/// Runs each job with the runner of the platform, and never two at the same time: the pipeline has the other processors.
pub struct BacktestJobs {
    runner: Arc<dyn IBacktestRunner>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    count: u64,
    jobs: VecDeque<(BacktestJob, Progress)>,
    /// Whether a thread runs jobs.
    is_running: bool,
    /// Nothing is begun any more.
    is_stopped: bool,
}

#[di_core::service(provides = IBacktests, lifecycle(stop = "10s"))]
impl BacktestJobs {
    /// Without any job.
    #[constructor]
    pub fn new(runner: Arc<dyn IBacktestRunner>) -> Self {
        Self { runner, state: Arc::default() }
    }
}

#[di_core::interface]
impl Lifecycle for BacktestJobs {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        lock(&self.state).is_stopped = false;
        Ok(())
    }

    /// Gives up what has not ended.
    async fn stop(&self) -> Result<(), BoxError> {
        {
            let mut state = lock(&self.state);
            state.is_stopped = true;
            for (job, progress) in &mut state.jobs {
                give_up(job, progress);
            }
        }
        while lock(&self.state).is_running {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

impl IBacktests for BacktestJobs {
    fn begin(&self, request: BacktestRequest) -> Result<BacktestJob, BacktestError> {
        self.runner.check(&request)?;
        let mut state = lock(&self.state);
        if state.is_stopped {
            return Err(BacktestError::Cancelled);
        }
        if state.jobs.iter().filter(|(job, _)| job.state == BacktestState::Waiting).count() >= WAITING {
            return Err(BacktestError::TooMany(WAITING));
        }
        state.count += 1;
        let job = BacktestJob {
            id: state.count,
            request,
            state: BacktestState::Waiting,
            permille: 0,
            created: SystemTime::now().into(),
            ended: None,
            error: None,
            result: None,
            max_drawdown_percent: None,
        };
        if state.jobs.len() >= REMEMBERED
            && let Some(oldest) = state.jobs.iter().position(|(job, _)| job.state.is_final())
        {
            state.jobs.remove(oldest);
        }
        state.jobs.push_back((job.clone(), Progress::default()));
        if !state.is_running {
            let (runner, shared) = (Arc::clone(&self.runner), Arc::clone(&self.state));
            let thread = std::thread::Builder::new().name("back-tests".to_owned());
            let begun = thread.spawn(move || run_all(&*runner, &shared));
            if let Err(error) = begun {
                state.jobs.pop_back();
                return Err(BacktestError::Failed(error.to_string()));
            }
            state.is_running = true;
        }
        Ok(job)
    }

    fn jobs(&self) -> Vec<BacktestJob> {
        lock(&self.state).jobs.iter().rev().map(seen).collect()
    }

    fn cancel(&self, id: u64) -> Option<BacktestJob> {
        let mut state = lock(&self.state);
        let entry = state.jobs.iter_mut().find(|(job, _)| job.id == id)?;
        give_up(&mut entry.0, &entry.1);
        Some(seen(entry))
    }
}

/// A job with how far it is now.
fn seen((job, progress): &(BacktestJob, Progress)) -> BacktestJob {
    BacktestJob { permille: if job.state == BacktestState::Done { 1_000 } else { progress.permille() }, ..job.clone() }
}

/// What waits is cancelled at once, what runs as soon as it looks.
fn give_up(job: &mut BacktestJob, progress: &Progress) {
    progress.cancel();
    if job.state == BacktestState::Waiting {
        (job.state, job.ended) = (BacktestState::Cancelled, Some(SystemTime::now().into()));
    }
}

/// Runs what waits, oldest first, until nothing does.
fn run_all(runner: &dyn IBacktestRunner, shared: &Mutex<State>) {
    loop {
        let (id, request, progress) = {
            let mut state = lock(shared);
            let next = state.jobs.iter_mut().find(|(job, _)| job.state == BacktestState::Waiting);
            let Some((job, progress)) = next else {
                state.is_running = false;
                return;
            };
            job.state = BacktestState::Running;
            (job.id, job.request.clone(), progress.clone())
        };
        tracing::info!("back-test {id} begins");
        let outcome = caught(|| runner.run(&request, &progress));
        let outcome = outcome.unwrap_or_else(|panic| Err(BacktestError::Failed(format!("it panicked: {panic}"))));
        let mut state = lock(shared);
        let Some((job, _)) = state.jobs.iter_mut().find(|(job, _)| job.id == id) else { continue };
        job.ended = Some(SystemTime::now().into());
        match outcome {
            Ok(result) => {
                let fall = Performance::of(&result.returns(), result.periods).max_drawdown;
                job.max_drawdown_percent = Decimal::from_f64(-fall * 100.0).map(|percent| percent.round_dp(4));
                (job.state, job.result) = (BacktestState::Done, Some(Arc::new(result)));
            }
            Err(BacktestError::Cancelled) => job.state = BacktestState::Cancelled,
            Err(error) => (job.state, job.error) = (BacktestState::Failed, Some(error.to_string())),
        }
        tracing::info!("back-test {id} is {}", job.state);
    }
}

impl std::fmt::Debug for BacktestJobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BacktestJobs").field("state", &*lock(&self.state)).finish_non_exhaustive()
    }
}
