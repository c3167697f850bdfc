//! The command line.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use di_core::report::{Format, Options, Registration};
use trading_services::config::{Overrides, Settings, load};
use trading_services::model::{Symbol, VenueId};
use trading_services::output::{self, Names};
use trading_services::ports::ConfigError;
use trading_services::store::Location;
use trading_services::venues::readable_venues;

#[cfg(feature = "store")]
use crate::alerts::AlertsCommand;
use crate::backtest::BacktestArgs;
use crate::candles::CandlesArgs;
use crate::config::ConfigCommand;
use crate::indicators::IndicatorArgs;
use crate::inspect::InspectArgs;
#[cfg(feature = "store")]
use crate::kill::KillArgs;
use crate::logging::LogFormat;
use crate::modules::ModulesArgs;
use crate::performance::MetricsArgs;
use crate::report::ReportArgs;
#[cfg(feature = "store")]
use crate::store::{DbCommand, ResumeArgs};
use crate::trace::TraceArgs;

/// A trading platform: simulated, replayed, observed. Without a command it runs.
///
/// Settings come from the command line, then from the environment (`TRADING_ALERTS__COOL_DOWN=10s`), then from `--config`.
#[derive(Debug, Parser)]
///
/// Exit codes: 0 when the messages ended, their limit was reached or the first Ctrl-C has stopped everything; 1 when
/// something failed, or Ctrl-C came during the start; 3 when all went well but some alerts were not delivered; 130 when a second Ctrl-C ended it at once.
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build candles from a CSV file of trades, or look after those that are kept.
    Candles(CandlesArgs),
    /// Compute indicators of TA-Lib over a CSV file of candles.
    Indicators(IndicatorArgs),
    /// Print what is read of each raw message of a venue, one JSON object a line.
    Inspect(InspectArgs),
    /// Compute the ratios of a CSV file of returns: Sharpe, Sortino, drawdown, value at risk and others.
    Metrics(MetricsArgs),
    /// Ask the trading modules what they see, and let them trade on paper.
    Modules(ModulesArgs),
    /// Run a live venue, and write what it sends into a file that `--replay` reads.
    Record(RecordArgs),
    /// Make a page of a back-test: equity, drawdown, months, trades on the price, parameters, incidents.
    Report(ReportArgs),
    /// Print a message of a run with all that follows from it: candles, signal, risk, order, fills.
    Trace(TraceArgs),
    /// Run strategies on a file of candles or on a recording, and write trades, equity and a summary.
    Backtest(BacktestArgs),
    /// Build order books at full speed, without candles, alerts and log, and print the best prices and the counts.
    Book(BookArgs),
    /// Print services, interfaces, dependencies and build order; or draw them, or say what has changed.
    Graph(GraphArgs),
    /// Print which services answer an interface, and which dependencies name a concrete type.
    Coverage,
    /// Print what is started, in which order: each service with its interfaces and with what it needs.
    Services,
    /// Look after the state: its schema, its copies, its order.
    #[cfg(feature = "store")]
    #[command(subcommand)]
    Db(DbCommand),
    /// Look at alerts, say that they were seen, deliver them again.
    #[cfg(feature = "store")]
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// End all trading, of a platform that runs or of one that will be started again.
    #[cfg(feature = "store")]
    Kill(KillArgs),
    /// Let trading go on after it has ended; the platform must not run.
    #[cfg(feature = "store")]
    Resume(ResumeArgs),
    /// Work with the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    /// One of text, markdown, json, dot, mermaid, html; by default what the extension of `--out` tells, or text.
    #[arg(long)]
    format: Option<Format>,
    /// The file; by default it is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Say what has changed since a report that was saved as JSON.
    #[arg(long, value_name = "OLD.json")]
    diff: Option<PathBuf>,
    /// Say what a registration of the whole platform would break: interface, dual or concrete.
    #[arg(long, value_name = "REGISTRATION")]
    next: Option<Registration>,
}

impl GraphArgs {
    /// Sees that the new report does not take the place of the old one.
    pub(crate) fn keep_apart(&self) -> std::io::Result<()> {
        output::keep_apart(&[("old report", self.diff.as_deref())], &[("report", self.out.as_deref())])
    }
}

impl From<GraphArgs> for Options {
    fn from(GraphArgs { format, out, diff, next }: GraphArgs) -> Self {
        let mut options = Self::default();
        (options.format, options.out, options.diff, options.next) = (format, out, diff, next);
        options
    }
}

#[derive(Debug, Args)]
pub(crate) struct BookArgs {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// The recording; without it the books are those of the simulation.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// Whose raw messages the recording has, where it does not say so itself.
    #[arg(long, value_name = "NAME", requires = "replay")]
    pub(crate) venue: Option<String>,
    /// The seed of the simulation.
    #[arg(long, conflicts_with = "replay")]
    pub(crate) seed: Option<u64>,
    /// Only this symbol; may be repeated.
    #[arg(long = "symbol", value_name = "SYMBOL")]
    pub(crate) symbols: Vec<Symbol>,
    /// Stop after so many events; a simulation has no other end.
    #[arg(long, value_name = "COUNT", required_unless_present = "replay")]
    pub(crate) events: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// The venue, one.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(readable_venues().map(VenueId::as_str)))]
    exchange: String,
    /// The symbol; may be repeated.
    #[arg(long = "symbol", value_name = "SYMBOL", required = true)]
    symbols: Vec<Symbol>,
    /// The recording: a header, then a receive time and a raw message a line, gzip. It has its name when the run has ended.
    #[arg(long, value_name = "FILE.gz")]
    out: PathBuf,
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// Stop after so long: `60s`, `5m`.
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    duration: Option<Duration>,
    /// Stop after so many events.
    #[arg(long, value_name = "COUNT")]
    events: Option<u64>,
    /// Write the summary as JSON.
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
    /// Write the event log whose hash the summary has.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

impl From<RecordArgs> for RunArgs {
    fn from(args: RecordArgs) -> Self {
        let RecordArgs { exchange, symbols, out, config, duration, events, summary, log } = args;
        Self {
            config,
            replay: None,
            exchange: vec![exchange],
            record: Some(out),
            venue: None,
            speed: None,
            seed: None,
            symbols,
            duration,
            events,
            no_page: true,
            strict: false,
            summary,
            trades: None,
            log,
            store: None,
            log_format: LogFormat::Human,
            acknowledge: false,
            verbose: false,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The configuration file (TOML); the signal HUP reads it anew.
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// Play a recording instead of the simulation: a receive time in nanoseconds, a space, the raw message; plain or gzip.
    #[arg(long, value_name = "FILE", conflicts_with = "exchange")]
    pub(crate) replay: Option<PathBuf>,
    /// The venues, the preferred one first: `bybit,binance`. When one dies, the next one takes its place. Live ones need
    /// `--symbol`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) exchange: Vec<String>,
    /// Where the run is recorded; `record` says so.
    #[arg(skip)]
    pub(crate) record: Option<PathBuf>,
    /// Whose raw messages the recording has, where it does not say so itself: binance, binance-futures, bybit, bybit-spot,
    /// bybit-options.
    #[arg(long, value_name = "NAME", requires = "replay")]
    pub(crate) venue: Option<String>,
    /// The pace: `max`, `1x`, `10x`. The simulation runs at `1x`, a replay at `max` unless told otherwise.
    #[arg(long)]
    pub(crate) speed: Option<String>,
    /// The seed of the simulation: the same seed and number of events give the same log.
    #[arg(long, conflicts_with_all = ["replay", "exchange"])]
    pub(crate) seed: Option<u64>,
    /// Only this symbol; may be repeated.
    #[arg(long = "symbol", value_name = "SYMBOL")]
    pub(crate) symbols: Vec<Symbol>,
    /// Stop after so long on the wall: `60s`, `5m`.
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) duration: Option<Duration>,
    /// Stop after so many events.
    #[arg(long, value_name = "COUNT")]
    pub(crate) events: Option<u64>,
    /// Serve neither the page nor its API; `/healthz`, `/metrics` and the like are answered all the same.
    #[arg(long)]
    pub(crate) no_page: bool,
    /// End the run at the first message that is not taken.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write the summary as JSON.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) summary: Option<PathBuf>,
    /// Write the trades: a line per position that was closed.
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) trades: Option<PathBuf>,
    /// Write the event log whose hash the summary has.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// What the lines of the log on standard error look like: for people, or one JSON object a line.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Where the state is kept, or `none` to forget it. Without it, a plain run keeps it in its own folder,
    /// `$XDG_STATE_HOME/trading-services` or `~/.local/state/trading-services`; a run with `--seed`, `--events` or
    /// `--replay` forgets it, so that the same command gives the same log.
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<Location>,
    /// Write a line for each order, fill and alert once it is on the disk: `ack order signal-1`.
    #[arg(long)]
    pub(crate) acknowledge: bool,
    /// Tell how long each service took to start and to stop.
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

impl RunArgs {
    /// The settings that the command line decides.
    pub(crate) fn overrides(&self) -> Overrides {
        let mut overrides =
            venue(self.replay.as_deref(), self.seed, &self.symbols).with_option("replay.venue", self.venue.clone());
        if self.replay.is_some() {
            overrides = overrides.with_default("run.speed", "max");
        }
        if let Some(location) = &self.store {
            overrides = overrides.with("store.folder", location.to_string());
        } else if self.is_repeatable() {
            overrides = overrides.with("store.folder", "none");
        }
        if !self.exchange.is_empty() {
            overrides = overrides.with("exchange.order", self.exchange.clone());
            // Live messages come when they come.
            if self.exchange.iter().all(|name| name != "simulated") {
                overrides = overrides.with_default("run.speed", "max");
            }
        }
        overrides =
            overrides.with_option("live.record", self.record.as_ref().map(|file| file.to_string_lossy().into_owned()));
        if self.no_page {
            overrides = overrides.with("http.page", false);
        }
        if self.strict {
            overrides = overrides.with("run.strict", true);
        }
        overrides
            .with_option("run.speed", self.speed.clone())
            .with_option("run.duration", self.duration.map(|time| humantime::format_duration(time).to_string()))
            .with_option("run.events", self.events)
            .with_option("run.log", self.log.as_ref().map(|file| file.to_string_lossy().into_owned()))
    }
}

impl RunArgs {
    /// Whether the same command has to give the same log: it must not depend on runs before it.
    fn is_repeatable(&self) -> bool {
        self.seed.is_some() || self.events.is_some() || self.replay.is_some() || self.record.is_some()
    }

    /// The settings of the run; where nobody says where the state is kept, it is in the user's folder.
    pub(crate) fn settings(&self) -> Result<Settings, ConfigError> {
        let overrides = self.overrides();
        let mut settings = load(self.config.as_deref(), &overrides)?;
        if let Some(folder) = state_folder()
            && cfg!(feature = "store")
            && settings.store.folder.is_none()
        {
            settings = load(self.config.as_deref(), &overrides.with("store.folder", folder.display().to_string()))?;
        }
        // Ids of alerts must not repeat after a restart: a second has room for a million of them, and fits a JSON number.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        settings.alerts.first_id = since.as_secs().saturating_mul(1 << 20).saturating_add(1);
        Ok(settings)
    }
}

/// What a run with these settings reads, and what it writes; what a command names beside them are `inputs` and `outputs`.
pub(crate) fn keep_apart(settings: &Settings, inputs: &Names<'_>, outputs: &Names<'_>) -> std::io::Result<()> {
    let state = match &settings.store.folder {
        Some(Location::Folder(folder)) => Some(folder.join("state.db")),
        Some(Location::Memory) | None => None,
    };
    let read = [("recording", settings.replay.file.as_deref()), ("state", state.as_deref())];
    let written = [
        ("event log", settings.run.log.as_deref()),
        ("new recording", settings.live.record.as_deref()),
        ("alerts", settings.alerts.file.path.as_deref()),
    ];
    output::keep_apart(&[inputs, &read].concat(), &[outputs, &written].concat())
}

/// The user's folder for the state, where there is one.
pub(crate) fn state_folder() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state.or_else(|| absolute("LOCALAPPDATA"))?.join("trading-services"))
}

impl BookArgs {
    /// The settings that the command line decides.
    pub(crate) fn overrides(&self) -> Overrides {
        let overrides = venue(self.replay.as_deref(), self.seed, &self.symbols).with("store.folder", "none");
        overrides.with_option("replay.venue", self.venue.clone())
    }
}

/// The settings of the venue that messages come from.
fn venue(replay: Option<&Path>, seed: Option<u64>, symbols: &[Symbol]) -> Overrides {
    let mut overrides = Overrides::default().with_option("simulation.seed", seed);
    if let Some(file) = replay {
        overrides = overrides
            .with("exchange.order", vec!["replay".to_owned()])
            .with("replay.file", file.to_string_lossy().into_owned());
    }
    if !symbols.is_empty() {
        let symbols: Vec<String> = symbols.iter().map(Symbol::to_string).collect();
        overrides = overrides.with("exchange.symbols", symbols);
    }
    overrides
}
