//! The service of reports.

use super::page;
use crate::ports::{BacktestResult, IReportingService, Progress, ReportError, ReportFormat, ReportKind};

/// Makes reports of what it is given; it keeps nothing.
#[di_core::service(provides = IReportingService)]
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportingService;

impl IReportingService for ReportingService {
    fn available_reports(&self) -> Vec<ReportKind> {
        vec![ReportKind::Backtest, ReportKind::Account]
    }

    fn generate_report(
        &self,
        kind: ReportKind,
        format: ReportFormat,
        result: &BacktestResult,
        progress: &Progress,
    ) -> Result<String, ReportError> {
        match format {
            ReportFormat::Html => page::page(kind, result, progress),
            ReportFormat::Json => {
                serde_json::to_string_pretty(result).map_err(|error| ReportError::Json(error.to_string()))
            }
        }
    }
}
