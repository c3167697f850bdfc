//! The run of the platform, from the settings to the summary.

use std::io::{self, ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use di_core::container;
use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::{Application, Constructions, Outcome};
use di_core::report::Report;
use trading_services::engine::RunError;
use trading_services::engine::backtest::write_trades;
use trading_services::output::OutputFile;
use trading_services::ports::IAlertService;
// A container that is made from another repeats its fields: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::acknowledge::Acknowledgements;
use crate::cli::{RunArgs, keep_apart};
use crate::commands::Failure;
use crate::console::{self, Console};
use crate::{config, logging};

/// The platform, with a person who looks on.
#[container(from = trading_services::app::TradingApp, replace(observer = Console))]
struct TradingApp;

/// Starts the platform, waits for its end (its messages', or a signal), and says what came of it.
pub(crate) async fn run(args: &RunArgs) -> Result<(), Failure> {
    let settings = Arc::new(args.settings()?);
    config::warn(&settings);
    let outputs = [("summary", args.summary.as_deref()), ("trades", args.trades.as_deref())];
    keep_apart(&settings, &[("settings", args.config.as_deref())], &outputs)?;
    let summary_file = output_file(args.summary.as_deref(), "summary")?;
    let trades_file = output_file(args.trades.as_deref(), "trades")?;
    let tail = logging::begin(args.verbose, args.log_format);
    let (built, times) =
        Constructions::timed(|| TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) }));
    let app = built?;
    app.get::<RecentLog>().show(tail);
    let events: &EventLoop = app.get();
    let mut out = stdout();
    // Nobody may read: what was asked to be written is written all the same.
    let _ = writeln!(
        out,
        "{}; `graph` shows how they are wired",
        Report::of::<trading_services::app::TradingApp>().summary()
    );
    let _ = writeln!(out, "{}", console::headline(&settings));
    let _ = writeln!(out, "{}", console::state(settings.store.folder.as_ref(), app.get(), app.get(), app.get()));

    let mut application = Application::of(&app).with_constructions(&times).with_settings(settings.budgets())?;
    let (http, lines) = (app.shared::<HttpServer>(), app.shared::<Console>());
    let (is_verbose, shows_page) = (args.verbose, settings.http.page);
    application = application.with_started(move |report| {
        if is_verbose {
            console::started(report);
        }
        lines.page(http.address().filter(|_| shows_page));
    });
    let platform: &Platform = app.get();
    let acknowledged = match args.acknowledge {
        true => Some(Acknowledgements::begin(platform, app.shared::<dyn IStateManager>())?),
        false => None,
    };
    let outcome = application.run().await;
    let summary = events.summary();
    // First the files: whoever reads what is printed may have stopped to.
    if let (Some((path, file)), Some(summary)) = (summary_file, &summary) {
        write_summary(file, summary).map_err(|error| unwritable(&path, "summary", &error))?;
    }
    if let Some((path, mut file)) = trades_file {
        let trading: &dyn ITradingEngine = app.get();
        let trades: Vec<_> = trading.round_trips().iter().map(ResultTrade::from).collect();
        let written = write_trades(&trades, &[], &mut file).and_then(|()| file.finish());
        written.map_err(|error| unwritable(&path, "trades", &error))?;
    }
    if let Some(acknowledged) = acknowledged {
        acknowledged.finish();
    }
    app.get::<Console>().finish();
    let mut printed = summary.as_ref().map_or(Ok(()), |summary| console::summary(&mut out, summary));
    if args.verbose {
        printed = printed.and_then(|()| console::stopped(&mut out, &outcome));
    }
    match failure(&outcome, summary.as_ref()) {
        Some(failure) if !nobody_reads(&outcome) => return Err(failure.into()),
        _ => printed?,
    }
    // A run that is stopped before its first message has no summary, and may have alerts all the same.
    let alerts: &dyn IAlertService = app.get();
    match alerts.stats().undelivered() {
        0 => Ok(()),
        lost => Err(Undelivered(lost).into()),
    }
}

/// Alerts that a channel could not deliver, in a run that went well otherwise.
#[derive(Debug, thiserror::Error)]
#[error("{0} alerts were not delivered; the log has why")]
pub(crate) struct Undelivered(u64);

/// What went wrong, and how far the figures hold.
fn failure(outcome: &Outcome, summary: Option<&Summary>) -> Option<String> {
    if outcome.is_success() {
        return None;
    }
    let read = summary.map(|summary| summary.events);
    let read = read.map(|read| format!("\n  {read} events were read; the summary holds up to there"));
    Some(format!("{outcome}{}", read.unwrap_or_default()))
}

/// Whether it ended because the output was closed: `| head` has seen enough, and that is no failure.
fn nobody_reads(outcome: &Outcome) -> bool {
    let Some(Err(stopped)) = outcome.stop() else { return false };
    let [failure] = stopped.failures() else { return false };
    matches!(failure.downcast_ref(), Some(RunError::Output(error)) if error.kind() == ErrorKind::BrokenPipe)
}

/// A file that was asked for, opened before the run: what cannot be written is noticed then.
fn output_file(path: Option<&Path>, what: &str) -> Result<Option<(PathBuf, OutputFile)>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let file = OutputFile::create(path, &[]).map_err(|error| unwritable(path, what, &error))?;
    Ok(Some((path.to_owned(), file)))
}

fn write_summary(mut file: OutputFile, summary: &Summary) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut file, summary)?;
    file.write_all(b"\n")?;
    file.finish()
}

fn unwritable(path: &Path, what: &str, error: &io::Error) -> Failure {
    format!("{}: expected to write the {what}: {error}", path.display()).into()
}
