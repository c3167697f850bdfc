//! The interface of the service of reports.

use crate::ports::BacktestResult;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// A back-test, from its parameters to its trades.
    Backtest,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportFormat {
    /// One page for a browser, with pictures.
    Html,
    /// The same figures as data.
    Json,
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
}

/// Makes reports.
#[di_core::interface]
pub trait IReportingService {
    /// What it can report on.
    fn available_reports(&self) -> Vec<ReportKind>;

    /// The report as text.
    ///
    /// # Errors
    /// [`ReportError`].
    fn generate_report(
        &self,
        kind: ReportKind,
        format: ReportFormat,
        result: &BacktestResult,
    ) -> Result<String, ReportError>;
}
