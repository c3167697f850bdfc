//! The commands.

use di_core::prelude::*;
use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use di_core::lifecycle::Application;
use di_core::report::{Options, Report};
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::{Settings, load};
use trading_services::engine::VenueBook;
use trading_services::venues::layers::{RateLimited, Retrying};
use trading_services::venues::replay::ReplayExchange;
use trading_services::venues::simulated::SimulatedExchange;

use crate::cli::{BookArgs, Cli, Command, GraphArgs};
use crate::{backtest, candles, config, console, indicators, inspect, modules, performance, platform, report, trace};

/// What a command fails with.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

pub(crate) async fn execute(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => platform::run(&cli.run).await,
        Some(Command::Candles(args)) => candles::run(args).await,
        Some(Command::Indicators(args)) => indicators::run(&args),
        Some(Command::Inspect(args)) => inspect::run(&args),
        Some(Command::Metrics(args)) => performance::run(&args),
        Some(Command::Backtest(args)) => backtest::run(&args).await,
        Some(Command::Modules(args)) => modules::run(&args).await,
        Some(Command::Record(args)) => platform::run(&args.into()).await,
        Some(Command::Report(args)) => report::run(&args),
        Some(Command::Trace(args)) => trace::run(&args),
        Some(Command::Book(args)) => books(&args).await,
        Some(Command::Graph(args)) => graph(args),
        Some(Command::Coverage) => Ok(stdout().write_all(Report::of::<TradingApp>().coverage_text().as_bytes())?),
        Some(Command::Services) => services(),
        #[cfg(feature = "store")]
        Some(Command::Db(command)) => crate::store::db(command).await,
        #[cfg(feature = "store")]
        Some(Command::Alerts(command)) => crate::alerts::run(command).await,
        #[cfg(feature = "store")]
        Some(Command::Kill(args)) => crate::kill::run(&args).await,
        #[cfg(feature = "store")]
        Some(Command::Resume(args)) => crate::store::resume(&args).await,
        Some(Command::Config(command)) => config::run(command).await,
    }
}

/// Says that the last line of a file may have been cut, which no reader can tell from the line.
pub(crate) fn note_cut(path: &Path, is_cut: bool) -> std::io::Result<()> {
    if !is_cut {
        return Ok(());
    }
    let path = path.display();
    writeln!(stderr(), "note: {path}: the last line has no end; if the file was cut, its numbers were, too")
}

/// A closed pipe stays an error of its own kind, which `main` knows.
fn graph(args: GraphArgs) -> Result<(), Failure> {
    args.keep_apart()?;
    let mut printed = Vec::new();
    Options::from(args).print(&Report::of::<TradingApp>(), &mut printed)?;
    Ok(stdout().write_all(&printed)?)
}

async fn books(args: &BookArgs) -> Result<(), Failure> {
    let settings = Arc::new(load(args.config.as_deref(), &args.overrides())?);
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    let symbols = &settings.exchange.symbols;
    let started = Instant::now();
    // Which venue is decided here, once; behind it every call is that venue's own.
    let (report, result) = if args.replay.is_some() {
        let book: &VenueBook<Retrying<RateLimited<ReplayExchange>>> = app.get();
        book.build(symbols, args.events).await
    } else {
        let book: &VenueBook<Retrying<RateLimited<SimulatedExchange>>> = app.get();
        book.build(symbols, args.events).await
    };
    let elapsed = started.elapsed();
    console::books(&mut stdout(), &report, elapsed)?;
    let read = report.counters.events;
    result.map_err(|error| format!("{error}\n  {read} events were read before; the books hold up to there").into())
}

fn services() -> Result<(), Failure> {
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(Settings::default()) })?;
    Ok(console::services(&mut stdout(), &Application::of(&app).registry().services())?)
}
