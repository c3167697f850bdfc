//! The interfaces of reports: one is made at once, or as a job beside the platform.

use std::fmt;
use std::sync::Arc;

use super::{JobState, Progress};
use crate::model::Timestamp;
use crate::ports::BacktestResult;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// A back-test, from its parameters to its trades.
    Backtest,
    /// The account of the platform, with what it has traded.
    Account,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportFormat {
    /// One page for a browser, with pictures.
    Html,
    /// The same figures as data.
    Json,
}

/// Of what a report as a job is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportAbout {
    /// The back-test of this number, as it is kept.
    Backtest(u64),
    /// The account of the platform, as it is when the job begins to run.
    Account,
}

/// A report that somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportRequest {
    /// Of what it is made.
    pub about: ReportAbout,
    /// How it is written.
    pub format: ReportFormat,
}

/// A report as a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportJob {
    /// Its number, rising from 1 within a run.
    pub id: u64,
    /// What was wanted.
    pub request: ReportRequest,
    /// How it is.
    pub state: JobState,
    /// How far it is, in thousandths.
    pub permille: u32,
    /// When it was wanted, by the clock of the machine.
    pub created: Timestamp,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// Why there is no report.
    pub error: Option<String>,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A picture cannot be drawn.
    #[error("expected to draw a picture: {0}")]
    Picture(String),
    /// The figures cannot be written.
    #[error("expected to write the report as JSON: {0}")]
    Json(String),
    /// Nobody wants it any more.
    #[error("it was cancelled")]
    Cancelled,
}

/// Why a report is not begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefused {
    /// There is nothing to report on.
    #[error("expected a back-test that is done, found none of number {0}")]
    NoResult(u64),
    /// So many wait already.
    #[error("expected at most {0} reports that wait; try again when one has ended")]
    TooMany(usize),
    /// Nothing is begun any more.
    #[error("expected a platform that runs: it is stopping")]
    Stopping,
    /// It has no thread to run in.
    #[error("expected a thread for reports: {0}")]
    Thread(String),
}

/// Makes reports in the caller's thread.
#[di_core::interface]
pub trait IReportingService {
    /// What it can report on.
    fn available_reports(&self) -> Vec<ReportKind>;

    /// The report as text; `progress` is told how far it is, and ends it where nobody wants it any more.
    ///
    /// # Errors
    /// [`ReportError`].
    fn generate_report(
        &self,
        kind: ReportKind,
        format: ReportFormat,
        result: &BacktestResult,
        progress: &Progress,
    ) -> Result<String, ReportError>;
}

/// Makes reports beside the platform, one after the other, and keeps the last ones until the end of the run: what they are made of
/// is kept, and a report can be made of it again.
#[di_core::interface]
pub trait IReports {
    /// Begins a report, and returns at once.
    ///
    /// # Errors
    /// [`ReportRefused`].
    fn begin(&self, request: ReportRequest) -> Result<ReportJob, ReportRefused>;

    /// The last reports, newest first.
    fn jobs(&self) -> Vec<ReportJob>;

    /// The text of one that is done.
    fn text(&self, id: u64) -> Option<Arc<str>>;

    /// Gives a report up; what has ended stays as it is. `None` when there is none of that number.
    fn cancel(&self, id: u64) -> Option<ReportJob>;
}

impl ReportFormat {
    /// Its name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for ReportAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backtest(id) => write!(f, "back-test {id}"),
            Self::Account => f.write_str("the account"),
        }
    }
}
