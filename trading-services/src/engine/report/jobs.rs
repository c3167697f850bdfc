//! Reports as jobs: one after the other, in a thread of their own, with progress and cancellation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use di_core::error::BoxError;
use di_core::lifecycle::{Context, Lifecycle};

use crate::engine::backtest::MINUTES_OF_A_YEAR;
use crate::engine::job_thread::{JobThread, WAITING};
use crate::panics::caught;
use crate::ports::{
    BacktestResult, IBacktests, IPortfolio, IReportingService, IReports, ITradingEngine, JobState, Progress,
    ReportAbout, ReportError, ReportJob, ReportKind, ReportRefused, ReportRequest, ResultPoint, ResultTrade,
};
use crate::sync::lock;

/// So many jobs are kept, with their texts.
const MOST: usize = 16;

/// Makes each report with the service of reports. What is done is lost with the run, and what it was made of is not.
pub struct ReportJobs {
    sources: Arc<Sources>,
    state: Arc<Mutex<State>>,
}

/// What reports are made of, and who makes them.
struct Sources {
    reports: Arc<dyn IReportingService>,
    backtests: Arc<dyn IBacktests>,
    portfolio: Arc<dyn IPortfolio>,
    trading: Arc<dyn ITradingEngine>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    jobs: BTreeMap<u64, Entry>,
    thread: JobThread,
}

#[derive(Debug)]
struct Entry {
    job: ReportJob,
    progress: Progress,
    text: Option<Arc<str>>,
}

#[di_core::service(provides = IReports, lifecycle(stop = "10s"))]
impl ReportJobs {
    /// Without any report yet.
    #[constructor]
    pub fn new(
        reports: Arc<dyn IReportingService>,
        backtests: Arc<dyn IBacktests>,
        portfolio: Arc<dyn IPortfolio>,
        trading: Arc<dyn ITradingEngine>,
    ) -> Self {
        let sources = Sources { reports, backtests, portfolio, trading };
        Self { sources: Arc::new(sources), state: Arc::default() }
    }
}

#[di_core::interface]
impl Lifecycle for ReportJobs {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        lock(&self.state).thread.start();
        Ok(())
    }

    /// Gives up what has not ended.
    async fn stop(&self) -> Result<(), BoxError> {
        let ending = {
            let mut state = lock(&self.state);
            state.jobs.values_mut().for_each(Entry::give_up);
            state.thread.stop()
        };
        ending.wait().await;
        Ok(())
    }
}

impl IReports for ReportJobs {
    fn begin(&self, request: ReportRequest) -> Result<ReportJob, ReportRefused> {
        if let ReportAbout::Backtest(id) = request.about {
            let jobs = self.sources.backtests.jobs();
            let is_done = jobs.iter().any(|job| job.id == id && job.state == JobState::Done);
            is_done.then_some(()).ok_or(ReportRefused::NoResult(id))?;
        }
        let mut state = lock(&self.state);
        if state.thread.is_stopped() {
            return Err(ReportRefused::Stopping);
        }
        if state.jobs.values().filter(|entry| entry.job.state == JobState::Waiting).count() >= WAITING {
            return Err(ReportRefused::TooMany(WAITING));
        }
        let job = ReportJob {
            id: state.last + 1,
            request,
            state: JobState::Waiting,
            permille: 0,
            created: SystemTime::now().into(),
            ended: None,
            error: None,
        };
        let (sources, shared) = (Arc::clone(&self.sources), Arc::clone(&self.state));
        // It finds the job once this lock is given back.
        let running = state.thread.run("reports", move || run_all(&sources, &shared));
        running.map_err(|error| ReportRefused::Thread(error.to_string()))?;
        state.last = job.id;
        state.jobs.insert(job.id, Entry { job: job.clone(), progress: Progress::default(), text: None });
        while state.jobs.len() > MOST
            && let Some(id) = state.jobs.values().find(|entry| entry.job.state.is_final()).map(|entry| entry.job.id)
        {
            state.jobs.remove(&id);
        }
        Ok(job)
    }

    fn jobs(&self) -> Vec<ReportJob> {
        lock(&self.state).jobs.values().rev().map(Entry::seen).collect()
    }

    fn text(&self, id: u64) -> Option<Arc<str>> {
        lock(&self.state).jobs.get(&id)?.text.clone()
    }

    /// What waits is cancelled at once, what runs as soon as it looks.
    fn cancel(&self, id: u64) -> Option<ReportJob> {
        let mut state = lock(&self.state);
        let entry = state.jobs.get_mut(&id)?;
        entry.give_up();
        Some(entry.seen())
    }
}

impl Entry {
    fn give_up(&mut self) {
        self.progress.cancel();
        if self.job.state == JobState::Waiting {
            (self.job.state, self.job.ended) = (JobState::Cancelled, Some(SystemTime::now().into()));
        }
    }

    /// The job with how far it is now.
    fn seen(&self) -> ReportJob {
        ReportJob { permille: self.progress.permille(self.job.state), ..self.job.clone() }
    }
}

/// Runs what waits, oldest first, until nothing does.
fn run_all(sources: &Sources, shared: &Mutex<State>) {
    loop {
        let (id, request, progress) = {
            let mut state = lock(shared);
            let State { jobs, thread, .. } = &mut *state;
            let next = jobs.values_mut().find(|entry| entry.job.state == JobState::Waiting);
            let Some(entry) = thread.take(next) else { return };
            entry.job.state = JobState::Running;
            (entry.job.id, entry.job.request, entry.progress.clone())
        };
        let made = caught(|| sources.make(request, &progress));
        let made = made.unwrap_or_else(|panic| Err(Failed(format!("it panicked: {panic}"))));
        let mut state = lock(shared);
        let Some(entry) = state.jobs.get_mut(&id) else { continue };
        entry.job.ended = Some(SystemTime::now().into());
        match made {
            Ok(text) => (entry.job.state, entry.text) = (JobState::Done, Some(text.into())),
            Err(_) if progress.is_cancelled() => entry.job.state = JobState::Cancelled,
            Err(Failed(error)) => (entry.job.state, entry.job.error) = (JobState::Failed, Some(error)),
        }
        tracing::info!("report {id} on {} is {}", request.about, entry.job.state);
    }
}

struct Failed(String);

impl From<ReportError> for Failed {
    fn from(error: ReportError) -> Self {
        Self(error.to_string())
    }
}

impl Sources {
    fn make(&self, request: ReportRequest, progress: &Progress) -> Result<String, Failed> {
        let (kind, result) = match request.about {
            ReportAbout::Account => (ReportKind::Account, Arc::new(self.account()?)),
            ReportAbout::Backtest(id) => {
                let result = self.backtests.result(id).map_err(|error| Failed(error.to_string()))?;
                let gone = || Failed(format!("expected the result of back-test {id}, which is not kept any more"));
                (ReportKind::Backtest, result.ok_or_else(gone)?)
            }
        };
        Ok(self.reports.generate_report(kind, request.format, &result, progress)?)
    }

    /// What has come of the account until now.
    fn account(&self) -> Result<BacktestResult, Failed> {
        let failed = |error: &dyn std::fmt::Display| Failed(error.to_string());
        let portfolio = &*self.portfolio;
        let undone = self.trading.undone().into_iter().map(|(reason, count)| (reason.to_owned(), count));
        let equity = portfolio.equity().map_err(|error| failed(&error))?;
        let pnl = portfolio.pnl().map_err(|error| failed(&error))?;
        // What it was opened with; the settings may say something else by now.
        let cash = equity - (pnl.realised + pnl.unrealised + pnl.funding - pnl.fees);
        Ok(BacktestResult {
            version: BacktestResult::VERSION,
            title: "The account".to_owned(),
            parameters: BTreeMap::new(),
            currency: portfolio.currency().to_string(),
            periods: MINUTES_OF_A_YEAR,
            cash: cash.normalize(),
            equity: equity.normalize(),
            fees: pnl.fees.normalize(),
            funding: pnl.funding.normalize(),
            unknown_funding: portfolio.unknown_funding(),
            refused: Vec::new(),
            undone: undone.collect(),
            trades: portfolio.round_trips().iter().map(ResultTrade::from).collect(),
            curve: portfolio.equity_curve().iter().map(ResultPoint::from).collect(),
            prices: Vec::new(),
            is_shortened: false,
            figures: None,
            months: None,
        })
    }
}

impl std::fmt::Debug for ReportJobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportJobs").field("state", &*lock(&self.state)).finish_non_exhaustive()
    }
}
