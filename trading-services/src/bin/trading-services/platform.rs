//! How does a run begin, and what is said when it has ended.

use std::fs;
use std::io::{Write, stdout};
use std::path::Path;
use std::sync::Arc;

use di_core::Container;
use di_core::lifecycle::{Application, Outcome};
use trading_services::{EventLoop, Summary, TradingApp, TradingAppInputs, load};

use crate::cli::RunArgs;
use crate::commands::Failure;
use crate::console::{self, Console};
use crate::logging;

/// Starts the platform, waits for its end (its messages', or a signal), and says what came of it.
pub(crate) async fn run(args: &RunArgs) -> Result<(), Failure> {
    let settings = Arc::new(load(args.config.as_deref(), &args.overrides())?);
    logging::begin(args.verbose);
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    let events: &EventLoop = app.get();
    events.set_observer(Console::new(settings.run.speed));
    let mut out = stdout();
    writeln!(out, "{}", TradingApp::GRAPH)?;
    writeln!(out, "{}", console::headline(&settings))?;

    #[cfg(unix)]
    if let Some(file) = &args.config {
        reload_on_signal(app.shared(), file.clone(), args.overrides())?;
    }

    let outcome = Application::of(&app).with_settings(settings.budgets())?.run().await;
    let summary = events.summary();
    // Nobody may read any more what is printed; the summary file is written all the same.
    let printed = summary.as_ref().map_or(Ok(()), |summary| console::summary(&mut out, summary));
    if let (Some(path), Some(summary)) = (&args.summary, &summary) {
        write_summary(path, summary)?;
    }
    match failure(&outcome, summary.as_ref()) {
        Some(failure) => Err(failure.into()),
        None => Ok(printed?),
    }
}

/// What went wrong, and how far the figures hold.
fn failure(outcome: &Outcome, summary: Option<&Summary>) -> Option<String> {
    if outcome.is_success() {
        return None;
    }
    let read = summary.map(|summary| summary.events);
    let read = read.map(|read| format!("\n  {read} events were read before; the summary holds up to there"));
    Some(format!("{outcome}{}", read.unwrap_or_default()))
}

fn write_summary(path: &Path, summary: &Summary) -> Result<(), Failure> {
    let mut json = serde_json::to_string_pretty(summary)?;
    json.push('\n');
    fs::write(path, json).map_err(|error| format!("{}: expected to write the summary: {error}", path.display()).into())
}

/// SIGHUP reads the configuration file anew; when it is not valid, the settings stay as they are.
#[cfg(unix)]
fn reload_on_signal(
    config: Arc<dyn trading_services::IConfigService>,
    file: std::path::PathBuf,
    overrides: trading_services::Overrides,
) -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match load(Some(&file), &overrides).and_then(|settings| config.reload(settings)) {
                Ok(()) => tracing::info!(file = %file.display(), "settings reloaded"),
                Err(error) => tracing::error!("settings kept as they were: {error}"),
            }
        }
    });
    Ok(())
}
