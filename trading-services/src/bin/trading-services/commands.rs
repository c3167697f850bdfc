//! What does each command do.

use std::error::Error;
use std::fs;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use di_core::Container;
use tokio::signal;
use trading_services::{
    IConfigService, Overrides, Platform, RateLimited, ReplayExchange, Retrying, RunOptions, SimulatedExchange,
    StopHandle, StopSignal, Summary, Timeframe, TradingApp, TradingAppInputs, VenueBook, build_candles, load, run,
    stop_signal,
};

use crate::cli::{BookArgs, Cli, Command, ConfigCommand, RunArgs};
use crate::console::{self, Console};

type Failure = Box<dyn Error + Send + Sync>;

pub(crate) async fn execute(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => platform(&cli.run).await,
        Some(Command::Candles { trades, timeframe, out }) => candles(&trades, timeframe, &out),
        Some(Command::Book(args)) => books(&args),
        Some(Command::Graph) => Ok(write!(stdout(), "{}", TradingApp::GRAPH)?),
        Some(Command::Config(ConfigCommand::Check { config })) => check(config.as_deref()),
    }
}

async fn platform(args: &RunArgs) -> Result<(), Failure> {
    let settings = Arc::new(load(args.config.as_deref(), &args.overrides())?);
    log_to_stderr();
    // Before anything is built: a signal during the start must not be lost.
    let stop = stop_on_signals()?;
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    let options =
        RunOptions { speed: settings.run.speed, duration: args.duration, events: args.events, log: args.log.clone() };
    let mut out = stdout();
    writeln!(out, "{}", TradingApp::GRAPH)?;
    writeln!(out, "{}", console::headline(&settings, &options))?;

    #[cfg(unix)]
    if let Some(file) = &args.config {
        reload_on_signal(Arc::clone(&app.get::<Platform>().config), file.clone(), args.overrides())?;
    }

    let report = run(app.get::<Platform>(), &options, stop, &mut Console::new(settings.run.speed)).await?;
    // Nobody may read any more what is printed; the summary file is written all the same.
    let printed = console::summary(&mut out, &report.summary);
    if let Some(path) = &args.summary {
        write_summary(path, &report.summary)?;
    }
    match report.failure {
        Some(failure) => {
            let read = report.summary.events;
            Err(format!("{failure}\n  {read} events were read before; the summary holds up to there").into())
        }
        None => Ok(printed?),
    }
}

fn write_summary(path: &Path, summary: &Summary) -> Result<(), Failure> {
    let mut json = serde_json::to_string_pretty(summary)?;
    json.push('\n');
    fs::write(path, json).map_err(|error| format!("{}: expected to write the summary: {error}", path.display()).into())
}

fn candles(trades: &Path, timeframe: Timeframe, out: &Path) -> Result<(), Failure> {
    let (report, result) = build_candles(trades, timeframe, out);
    let figures = format!("{} trades, {} candles of {timeframe} ({} flat)", report.trades, report.candles, report.flat);
    match result {
        Ok(()) => Ok(writeln!(stdout(), "{figures} written to {}", out.display())?),
        Err(error) => Err(format!("{error}\n  read and written before: {figures}").into()),
    }
}

fn books(args: &BookArgs) -> Result<(), Failure> {
    let settings = Arc::new(load(args.config.as_deref(), &args.overrides())?);
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    let symbols = &settings.exchange.symbols;
    let started = Instant::now();
    // Which venue is decided here, once; behind it every call is that venue's own.
    let (report, result) = if args.replay.is_some() {
        let book: &VenueBook<Retrying<RateLimited<ReplayExchange>>> = app.get();
        book.build(symbols, args.events)
    } else {
        let book: &VenueBook<Retrying<RateLimited<SimulatedExchange>>> = app.get();
        book.build(symbols, args.events)
    };
    let elapsed = started.elapsed();
    console::books(&mut stdout(), &report, elapsed)?;
    let read = report.counters.events;
    result.map_err(|error| format!("{error}\n  {read} events were read before; the books hold up to there").into())
}

fn check(config: Option<&Path>) -> Result<(), Failure> {
    let settings = load(config, &Overrides::default())?;
    Ok(write!(stdout(), "# valid\n{}", toml::to_string(&settings)?)?)
}

fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Alerts have the event's own time; the machine's time beside it would only confuse.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .without_time()
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr)
        .init();
}

/// The first signal stops cleanly, the second at once.
fn stop_on_signals() -> Result<StopSignal, Failure> {
    let (stop, stopped) = stop_signal();
    #[cfg(unix)]
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    #[cfg(unix)]
    let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
    tokio::spawn(async move {
        for attempt in 0..2 {
            #[cfg(unix)]
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            #[cfg(not(unix))]
            if signal::ctrl_c().await.is_err() {
                return;
            }
            interrupted(attempt, &stop);
        }
    });
    Ok(stopped)
}

/// SIGHUP reads the configuration file anew; when it is not valid, the settings stay as they are.
#[cfg(unix)]
fn reload_on_signal(config: Arc<dyn IConfigService>, file: PathBuf, overrides: Overrides) -> Result<(), Failure> {
    let mut hangup = signal::unix::signal(signal::unix::SignalKind::hangup())?;
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

fn interrupted(attempt: u32, stop: &StopHandle) {
    if attempt == 0 {
        tracing::info!("stopping; once more to stop at once");
        stop.request();
    } else {
        std::process::exit(130);
    }
}
