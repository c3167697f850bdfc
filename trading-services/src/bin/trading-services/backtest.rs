//! The command `backtest`: strategies on a file of candles, or on a recording.

use std::collections::BTreeMap;
use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::{Args, ValueEnum};
use di_core::dependency::Many;
use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::Decimal;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::{Overrides, Settings, load};
use trading_services::data::read_candles;
use trading_services::engine::backtest::{
    AtEnd, CandleTest, DAYS_OF_AN_EXCHANGE, MINUTES_OF_A_YEAR, Tested, look_ahead, write_equity, write_trades,
};
use trading_services::engine::{News, Platform};
use trading_services::input::FileRows;
use trading_services::model::{Candle, InstrumentId, Symbol, Timeframe, VenueId};
use trading_services::output::OutputFile;
use trading_services::ports::{
    BacktestResult, IOrderExecutor, IPortfolio, ISignalService, IStrategy, StrategyMode, StrategyNeeds,
};
use trading_services::store::Location;
#[cfg(feature = "store")]
use trading_services::store::{Settings as StoreSettings, StoreAdmin};

use crate::cli::keep_apart;
use crate::commands::{Failure, note_cut};
use crate::{console, progress};

/// The strategies that there are; each is a table of `signals` in the settings.
const STRATEGIES: [&str; 6] = ["crossover", "breakout", "mean_reversion", "momentum", CONFLUENCE, "trend"];

/// How often it is looked how far a recording was read.
const LOOK: Duration = Duration::from_millis(100);

/// It looks at trades and books, too.
const CONFLUENCE: &str = "confluence";

#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// The configuration file (TOML): limits, sizes, fees.
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// Candles: columns `timestamp` (milliseconds, or a date), `open`, `high`, `low`, `close`, `volume`.
    #[arg(long, value_name = "FILE.csv", required_unless_present = "replay", conflicts_with = "replay")]
    candles: Option<PathBuf>,
    /// A recording in place of candles: orders then meet its books.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Only this symbol of the recording; may be repeated.
    #[arg(long = "symbol", value_name = "SYMBOL", requires = "replay")]
    symbols: Vec<Symbol>,
    /// Keep what happens in this folder, for `db` and other commands: one that has no state yet. By default it is forgotten.
    #[cfg(feature = "store")]
    #[arg(long, value_name = "DIR", default_value = "none")]
    store: Location,
    /// Which strategies decide: crossover, breakout, mean_reversion, momentum, trend, confluence (with `--replay`);
    /// may be repeated. By default those that the settings have on.
    #[arg(long = "strategy", value_name = "NAME")]
    strategies: Vec<String>,
    /// A parameter of the strategy, as `fast=10`, or of one of several, as `crossover.fast=10`; may be repeated.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// At which price orders trade on candles: by default the first price of the next one. On a recording they meet its books.
    #[arg(long, value_enum)]
    fill: Option<FillAt>,
    /// What the venue takes of each trade, as a share: 0.001 is ten basis points.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    commission: Option<Decimal>,
    /// How much of the base currency each order buys or sells.
    #[arg(long, value_name = "QUANTITY", allow_negative_numbers = true)]
    size: Option<Decimal>,
    /// A signal to sell closes what is held, and opens nothing.
    #[arg(long)]
    long_only: bool,
    /// The value of the account at the start.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    cash: Option<Decimal>,
    /// What becomes of a position that is open after the last candle: by default it is closed. On a recording it is kept.
    #[arg(long, value_enum)]
    at_end: Option<End>,
    /// How many points of the equity a year has, for the ratios; by default 252 for candles, which are taken for days of an
    /// exchange, and the minutes of a year for recordings.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    periods: Option<u32>,
    /// Run each strategy with and without the future, and say where it knew what it could not know.
    #[arg(long, requires = "candles")]
    check_lookahead: bool,
    /// Where the trades go: a line per position that was closed.
    #[arg(long, value_name = "FILE.csv")]
    trades: Option<PathBuf>,
    /// Where the value of the account goes: a line per candle, or per minute of a recording.
    #[arg(long, value_name = "FILE.csv")]
    equity: Option<PathBuf>,
    /// Where everything goes, as the report reads it.
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FillAt {
    /// At the first price of the next candle.
    NextOpen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum End {
    /// It is closed at the first price of the last candle.
    Close,
    /// It stays open, and is valued at the last price.
    Keep,
}

pub(crate) async fn run(args: &BacktestArgs) -> Result<(), Failure> {
    args.check_market()?;
    let read = args.candles.as_deref().map(read_candles).transpose()?;
    let length = read.as_ref().and_then(|read| length(&read.rows));
    let given = args.settings(length)?;
    let settings = Arc::new(load(args.config.as_deref(), &given.overrides)?);
    let inputs = [("settings", args.config.as_deref()), ("candles", args.candles.as_deref())];
    let outputs =
        [("trades", args.trades.as_deref()), ("equity", args.equity.as_deref()), ("summary", args.summary.as_deref())];
    keep_apart(&settings, &inputs, &outputs)?;
    let files = Outputs::create(args)?;
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    let (candles, news) = match (&args.candles, read) {
        (Some(path), Some(FileRows { rows: candles, is_cut })) => {
            note_cut(path, is_cut)?;
            let (signals, instrument): (&dyn ISignalService, _) = (app.get(), instrument(path)?);
            let timeframe = settings.signals.timeframe;
            check_lengths(signals.strategies(), timeframe, &candles)?;
            if args.check_lookahead {
                check_lookahead(signals.strategies(), &instrument, timeframe, &candles)?;
            }
            let news = on_candles(&app, instrument, &candles, args.at_end.unwrap_or(End::Close));
            (candles, news)
        }
        _ => (Vec::new(), on_recording(&app, &settings).await?),
    };
    let result = result(args, &given.parameters, &app, settings.portfolio.cash, &candles, &news)?;
    files.write(&result)?;
    Ok(tell(&mut stdout(), &result)?)
}

/// What the command line says of the settings.
struct Given {
    overrides: Overrides,
    parameters: BTreeMap<String, String>,
}

impl BacktestArgs {
    /// Refuses what says how candles are traded where there are none: a back-test of a recording is its replay, trade by trade.
    fn check_market(&self) -> Result<(), Failure> {
        if self.replay.is_none() {
            return Ok(());
        }
        if self.fill.is_some() {
            let expected = "expected it with `--candles`; orders of a recording meet its books, `execution.latency` after they were made";
            return Err(
                format!("`--fill next-open` says how orders trade on candles: {expected}, so leave it out").into()
            );
        }
        if self.at_end == Some(End::Close) {
            let expected = "expected `--at-end keep`, or nothing";
            return Err(format!(
                "`--at-end close` trades at the last candle: {expected}, as a recording has a book and no last candle, and its replay \
                 keeps what is open, too"
            )
            .into());
        }
        Ok(())
    }

    /// What is given, for candles of that length where it is known.
    fn settings(&self, length: Option<Timeframe>) -> Result<Given, Failure> {
        let mut parameters = BTreeMap::new();
        if let Some(unknown) = self.strategies.iter().find(|name| !STRATEGIES.contains(&name.as_str())) {
            return Err(format!("expected a strategy, one of {}, found `{unknown}`", STRATEGIES.join(", ")).into());
        }
        if self.replay.is_none() && self.strategies.iter().any(|name| name == CONFLUENCE) {
            return Err("the strategy confluence looks at trades and books: expected `--replay`, found candles".into());
        }
        if !self.strategies.is_empty() {
            for name in STRATEGIES {
                let mode = if self.strategies.iter().any(|wanted| wanted == name) { "on" } else { "off" };
                parameters.insert(format!("signals.{name}.mode"), mode.to_owned());
            }
            // Nor do modules trade that nobody has named.
            parameters.insert("modules.every".to_owned(), "0s".to_owned());
        }
        for text in &self.parameters {
            let (name, value) =
                text.split_once('=').ok_or_else(|| format!("expected a parameter like `fast=10`, found `{text}`"))?;
            let key = match (name.contains('.'), self.strategies.as_slice()) {
                (true, _) => format!("signals.{name}"),
                (false, [strategy]) => format!("signals.{strategy}.{name}"),
                (false, _) => {
                    return Err(
                        format!("expected the strategy of `{name}`, like `crossover.{name}`, found none").into()
                    );
                }
            };
            parameters.insert(key, value.to_owned());
        }
        let mut put = |key: &str, value: Option<String>| value.map(|value| parameters.insert(key.to_owned(), value));
        put("risk.sizing.quantity", self.size.map(|size| size.to_string()));
        put("risk.sizing.method", self.size.map(|_| "quantity".to_owned()));
        put("portfolio.cash", self.cash.map(|cash| cash.to_string()));
        put("execution.maker_fee", self.commission.map(|share| share.to_string()));
        put("execution.taker_fee", self.commission.map(|share| share.to_string()));
        put("trading.long_only", self.long_only.then(|| "true".to_owned()));
        let mut overrides = Overrides::default().with("run.speed", "max").with("http.enabled", false);
        // The state of a platform has nothing to do with a test, whatever the settings say.
        overrides = overrides.with("store.folder", self.store()?.to_string());
        if let Some(file) = &self.replay {
            overrides = overrides
                .with("exchange.order", vec!["replay".to_owned()])
                .with("replay.file", file.to_string_lossy().into_owned());
        } else {
            // Candles have no seconds in between: what they say is acted on with the next one.
            put("execution.latency", Some("0s".to_owned()));
            put("signals.cool_down", Some("0s".to_owned()));
            // The clock never goes back: it has to stand before the first candle.
            overrides = overrides.with("simulation.start", "1970-01-01T00:00:00Z");
            overrides = overrides.with_option("signals.timeframe", length.map(|length| length.to_string()));
            // No candle is made of trades here, whichever a platform makes: those of the file may be of any length.
            let every: Vec<_> = Timeframe::ALL.iter().map(Timeframe::to_string).collect();
            overrides = overrides.with("market_data.timeframes", every);
        }
        if !self.symbols.is_empty() {
            let symbols: Vec<String> = self.symbols.iter().map(Symbol::to_string).collect();
            overrides = overrides.with("exchange.symbols", symbols);
        }
        for (key, value) in &parameters {
            overrides = overrides.with_text(key.clone(), value);
        }
        Ok(Given { overrides, parameters })
    }
}

impl BacktestArgs {
    /// Where what happens is kept.
    #[cfg(feature = "store")]
    fn store(&self) -> Result<Location, Failure> {
        if let Location::Folder(folder) = &self.store
            && StoreAdmin::of(folder, &StoreSettings::default()).path().exists()
        {
            let folder = folder.display();
            return Err(format!("{folder}: expected a folder without a state: a test begins with nothing").into());
        }
        Ok(self.store.clone())
    }

    /// Without a store, what happens is forgotten.
    #[cfg(not(feature = "store"))]
    fn store(&self) -> Result<Location, Failure> {
        Ok(Location::Memory)
    }
}

/// The files that were asked for, opened before the test: what cannot be written is noticed then.
struct Outputs {
    trades: Option<(PathBuf, OutputFile)>,
    equity: Option<(PathBuf, OutputFile)>,
    summary: Option<(PathBuf, OutputFile)>,
}

impl Outputs {
    fn create(args: &BacktestArgs) -> Result<Self, Failure> {
        let create = |path: &Option<PathBuf>| -> Result<Option<(PathBuf, OutputFile)>, Failure> {
            let Some(path) = path else { return Ok(None) };
            let file = OutputFile::create(path, &[]).map_err(|error| unwritable(path, &error))?;
            Ok(Some((path.clone(), file)))
        };
        Ok(Self { trades: create(&args.trades)?, equity: create(&args.equity)?, summary: create(&args.summary)? })
    }

    fn write(self, result: &BacktestResult) -> Result<(), Failure> {
        if let Some((path, mut file)) = self.trades {
            write_trades(&result.trades, &result.curve, &mut file)
                .and_then(|()| file.finish())
                .map_err(|error| unwritable(&path, &error))?;
        }
        if let Some((path, mut file)) = self.equity {
            write_equity(&result.curve, &mut file)
                .and_then(|()| file.finish())
                .map_err(|error| unwritable(&path, &error))?;
        }
        if let Some((path, mut file)) = self.summary {
            serde_json::to_writer_pretty(&mut file, result)?;
            file.write_all(b"\n").and_then(|()| file.finish()).map_err(|error| unwritable(&path, &error))?;
        }
        Ok(())
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    format!("{}: expected to write the back-test: {error}", path.display()).into()
}

/// The smallest distance of two candles of a file.
fn distance(candles: &[Candle]) -> Option<Duration> {
    let distances = candles.windows(2).filter_map(|pair| Some(pair.last()?.open_time.since(pair.first()?.open_time)));
    distances.filter(|distance| !distance.is_zero()).min()
}

/// How long the candles of a file last, if that is a length that the platform knows.
fn length(candles: &[Candle]) -> Option<Timeframe> {
    let distance = distance(candles)?;
    Timeframe::ALL.into_iter().find(|timeframe| timeframe.duration() == distance)
}

/// Longer candles are made of those of the file, whose length has to be known for that.
fn check_lengths(strategies: &Many<dyn IStrategy>, timeframe: Timeframe, candles: &[Candle]) -> Result<(), Failure> {
    let Some(found) = distance(candles).filter(|distance| *distance != timeframe.duration()) else { return Ok(()) };
    let on = strategies.iter().filter(|strategy| strategy.role().mode != StrategyMode::Off);
    let needing = on.map(|strategy| (strategy.name(), StrategyNeeds::of(&**strategy, timeframe)));
    let Some((name, _)) = needing.into_iter().find(|(_, needs)| !needs.others.is_empty()) else { return Ok(()) };
    let found = humantime::format_duration(found);
    let known = Timeframe::ALL.map(Timeframe::as_str).join(", ");
    Err(format!("the strategy {name} looks at longer candles, too: expected candles of {known}, found {found}").into())
}

/// What the candles of a file are of: its name.
fn instrument(path: &Path) -> Result<InstrumentId, Failure> {
    let name: String =
        path.file_stem().unwrap_or_default().to_string_lossy().chars().filter(|c| !c.is_whitespace()).collect();
    Ok(InstrumentId::new("candles".parse::<VenueId>()?, name.parse::<Symbol>()?))
}

fn on_candles(app: &TradingApp, instrument: InstrumentId, candles: &[Candle], at_end: End) -> Vec<News> {
    let (platform, executor, portfolio): (&Platform, &dyn IOrderExecutor, &dyn IPortfolio) =
        (app.get(), app.get(), app.get());
    let at_end = if at_end == End::Close { AtEnd::Close } else { AtEnd::Keep };
    let bar = progress::bar("back-test", candles.len());
    let test = CandleTest::new(platform, executor, portfolio, instrument);
    test.run_while(candles, at_end, |done| {
        bar.set(done as u64);
        true
    })
}

async fn on_recording(app: &TradingApp, settings: &Settings) -> Result<Vec<News>, Failure> {
    let (platform, heard): (&Platform, _) = (app.get(), Arc::new(Mutex::new(Vec::new())));
    let sink = Arc::clone(&heard);
    let _listening = platform.risk_answered.observe("back-test", move |answer| {
        lock(&sink).push(News::Risk(answer.clone()));
    });
    let application = Application::of(app).with_settings(settings.budgets())?;
    let count = progress::count("messages");
    let mut looks = tokio::time::interval(LOOK);
    let looking = async {
        loop {
            looks.tick().await;
            count.set(platform.market.counters().events);
        }
    };
    let outcome = tokio::select! {
        outcome = application.run() => outcome,
        never = looking => never,
    };
    drop(count);
    if !outcome.is_success() {
        return Err(outcome.to_string().into());
    }
    Ok(lock(&heard).drain(..).collect())
}

fn check_lookahead(
    strategies: &Many<dyn IStrategy>,
    instrument: &InstrumentId,
    timeframe: Timeframe,
    candles: &[Candle],
) -> Result<(), Failure> {
    let mut asked = 0;
    for strategy in strategies.iter().filter(|strategy| strategy.role().mode == StrategyMode::On) {
        asked += 1;
        if let Some(found) = look_ahead(&**strategy, instrument, timeframe, candles).first() {
            let (name, candle) = (found.strategy, found.candle);
            let (with, without) = (&found.with_future, &found.without);
            return Err(format!(
                "{name} knows the future: at candle {candle} it thinks {with:?} with it, {without:?} without"
            )
            .into());
        }
    }
    writeln!(
        stdout(),
        "no look-ahead: {asked} strategies think the same of {} candles without the future",
        candles.len()
    )?;
    Ok(())
}

fn result(
    args: &BacktestArgs,
    parameters: &BTreeMap<String, String>,
    app: &TradingApp,
    cash: Decimal,
    candles: &[Candle],
    news: &[News],
) -> Result<BacktestResult, Failure> {
    let file = args.candles.as_ref().or(args.replay.as_ref());
    let file = file.and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy();
    let strategies =
        if args.strategies.is_empty() { "the configured strategies".to_owned() } else { args.strategies.join(", ") };
    let usual = if args.replay.is_some() { MINUTES_OF_A_YEAR } else { DAYS_OF_AN_EXCHANGE };
    let tested = Tested {
        title: format!("{strategies} on {file}"),
        parameters: parameters.clone(),
        periods: args.periods.unwrap_or(usual),
        cash,
    };
    let candles = args.candles.is_some().then_some(candles);
    Ok(tested.result(app.get(), app.get(), candles, news)?)
}

fn tell(out: &mut impl Write, result: &BacktestResult) -> io::Result<()> {
    let BacktestResult { title, cash, equity, fees, trades, refused, undone, currency, .. } = result;
    let won = trades.iter().filter(|trade| trade.profit > Decimal::ZERO).count();
    let gain = equity.saturating_sub(*cash);
    writeln!(out, "{title}: {} trades, {won} of them with a gain, {} orders refused", trades.len(), refused.len())?;
    for reason in refused.iter().take(3) {
        writeln!(out, "  refused: {reason}")?;
    }
    console::undone(out, undone)?;
    writeln!(out, "  {cash} became {equity} {currency}: a gain of {gain}, after {fees} of fees")?;
    let BacktestResult { funding, unknown_funding, .. } = result;
    if !funding.is_zero() || *unknown_funding > 0 {
        writeln!(out, "  {funding} of funding received, {unknown_funding} settlements not known")?;
    }
    out.flush()
}

/// The guard, poisoned or not: what was heard before a panic was heard.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
