//! The command `report`: the page of a back-test.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use trading_services::engine::ReportingService;
use trading_services::output::OutputFile;
use trading_services::ports::{BacktestResult, IReportingService, Progress, ReportFormat, ReportKind};

use crate::commands::Failure;

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The summary of a back-test, as `backtest --summary` writes it.
    #[arg(long, value_name = "S.json")]
    from: PathBuf,
    /// Where the page goes: one file, which a browser shows offline.
    #[arg(long, value_name = "R.html")]
    html: PathBuf,
}

pub(crate) fn run(args: &ReportArgs) -> Result<(), Failure> {
    let from = args.from.display();
    let text = std::fs::read_to_string(&args.from)
        .map_err(|error| format!("{from}: expected a readable summary of a back-test: {error}"))?;
    let result: BacktestResult =
        serde_json::from_str(&text).map_err(|error| format!("{from}: expected a summary of a back-test: {error}"))?;
    if result.version != BacktestResult::VERSION {
        let (expected, found) = (BacktestResult::VERSION, result.version);
        return Err(format!("{from}: expected a summary of version {expected}, found version {found}").into());
    }
    let page =
        ReportingService.generate_report(ReportKind::Backtest, ReportFormat::Html, &result, &Progress::default())?;
    let unwritable = |error: std::io::Error| format!("{}: expected to write the report: {error}", args.html.display());
    let mut file = OutputFile::create(&args.html, &[&args.from]).map_err(unwritable)?;
    file.write_all(page.as_bytes()).and_then(|()| file.finish()).map_err(unwritable)?;
    writeln!(stdout(), "the report of {} written to {}", result.title, args.html.display())?;
    Ok(())
}
