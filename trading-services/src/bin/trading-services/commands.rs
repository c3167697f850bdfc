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
use trading_services::config::{Overrides, Settings, load};
use trading_services::data::build_candles;
use trading_services::engine::VenueBook;
use trading_services::model::Timeframe;
use trading_services::venues::layers::{RateLimited, Retrying};
use trading_services::venues::replay::ReplayExchange;
use trading_services::venues::simulated::SimulatedExchange;

use crate::cli::{BookArgs, Cli, Command, ConfigCommand, GraphArgs};
use crate::{backtest, console, indicators, modules, performance, platform, report, trace};

/// What a command fails with.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

pub(crate) async fn execute(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        None => platform::run(&cli.run).await,
        Some(Command::Candles { trades, timeframe, out }) => candles(&trades, timeframe, &out),
        Some(Command::Indicators(args)) => indicators::run(&args),
        Some(Command::Metrics(args)) => performance::run(&args),
        Some(Command::Backtest(args)) => backtest::run(&args).await,
        Some(Command::Modules(args)) => modules::run(&args).await,
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
        Some(Command::Resume(args)) => crate::store::resume(&args).await,
        Some(Command::Config(ConfigCommand::Check { config })) => check(config.as_deref()),
    }
}

/// A closed pipe stays an error of its own kind, which `main` knows.
fn graph(args: GraphArgs) -> Result<(), Failure> {
    let mut printed = Vec::new();
    Options::from(args).print(&Report::of::<TradingApp>(), &mut printed)?;
    Ok(stdout().write_all(&printed)?)
}

fn candles(trades: &Path, timeframe: Timeframe, out: &Path) -> Result<(), Failure> {
    let (report, result) = build_candles(trades, timeframe, out);
    let mut figures =
        format!("{} trades, {} candles of {timeframe} ({} flat)", report.trades, report.candles, report.flat);
    if report.refused > 0 {
        figures.push_str(&format!(", {} trades refused: they are dated long after the others", report.refused));
    }
    result.map_err(|error| format!("{error}\n  read and written before: {figures}"))?;
    writeln!(stdout(), "{figures} written to {}", out.display())?;
    if report.is_cut {
        writeln!(
            stderr(),
            "note: {}: the last line has no end; if the file was cut, its numbers were, too",
            trades.display()
        )?;
    }
    Ok(())
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

fn check(config: Option<&Path>) -> Result<(), Failure> {
    let mut settings = load(config, &Overrides::default())?;
    // What is behind the host may be a secret, and this output may end in a log.
    settings.alerts.webhook.url = settings.alerts.webhook.url.take().map(|url| {
        let host = url.split('/').nth(2).unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        format!("{}://{host}/…", url.split(':').next().unwrap_or_default())
    });
    Ok(write!(stdout(), "# valid\n{}", toml::to_string(&settings)?)?)
}
