//! Reports over the network.

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ports::{JobState, ReportAbout, ReportJob};

/// A report as a job.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReportRow {
    /// Its number within this run.
    id: u64,
    /// `waiting`, `running`, `done`, `failed` or `cancelled`.
    state: String,
    /// How far it is, from 0 to 100.
    progress_percent: Decimal,
    /// `backtest 3` or `account`.
    about: String,
    /// The number of the back-test that it is about, if it is about one.
    backtest: Option<u64>,
    /// `html` or `json`.
    format: String,
    /// By the clock of the machine.
    created: String,
    ended: Option<String>,
    /// Why there is no report.
    error: Option<String>,
    /// Where the report itself is, once it is done.
    content: Option<String>,
}

impl ReportRow {
    /// The row of a job; `base` is where the API stands.
    pub(in crate::api) fn new(job: &ReportJob, base: &str) -> Self {
        let backtest = match job.request.about {
            ReportAbout::Backtest(id) => Some(id),
            ReportAbout::Account => None,
        };
        Self {
            id: job.id,
            state: job.state.to_string(),
            progress_percent: Decimal::new(job.permille.into(), 1),
            about: backtest.map_or("account".to_owned(), |id| format!("backtest {id}")),
            backtest,
            format: job.request.format.as_str().to_owned(),
            created: job.created.to_string(),
            ended: job.ended.map(|time| time.to_string()),
            error: job.error.clone(),
            content: (job.state == JobState::Done).then(|| format!("{base}/reports/{}/content", job.id)),
        }
    }
}
