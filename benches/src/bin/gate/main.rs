//! The gate: runs the benchmarks, prints a table, and fails when `di-core` breaks a limit.
//!
//! `cargo run -p di-benches --bin gate -- --short` is what CI runs. With `--features slowed` every resolution is slowed
//! on purpose, and the gate must fail.

mod buses;
mod cargo;
mod compare;
mod counts;
mod platform;
mod report;
mod results;
mod targets;
mod times;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::results::Results;
use crate::targets::Targets;

/// Measures `di-core` against hand-written wiring and fails when a limit of `targets.toml` is broken.
#[derive(Debug, Parser)]
struct Arguments {
    /// Short samples: enough for the limits, in under four minutes.
    #[arg(long)]
    short: bool,

    /// Instruction counts only.
    #[arg(long)]
    counts_only: bool,

    /// Run the other containers, too.
    #[arg(long)]
    peers: bool,

    /// Run the path of a trade beside the engine of `barter`, too: builds both, which takes minutes.
    #[arg(long)]
    trading: bool,

    /// Run the event bus beside others, too.
    #[arg(long)]
    buses: bool,

    /// Count what the trading platform takes for a message, too.
    #[arg(long)]
    platform: bool,

    /// Measure `Application::start`, too.
    #[arg(long)]
    start: bool,

    /// Write `docs/performance.md`: includes `--peers`, `--trading`, `--buses`, `--platform` and `--start`.
    #[arg(long)]
    write_docs: bool,

    /// Say which rows moved since an earlier run: a file in `results/`.
    #[arg(long, value_name = "RESULTS.json")]
    compare: Option<PathBuf>,
}

/// What can go wrong while measuring.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{command} failed; if a tool is missing, run benches/install.sh")]
    Command { command: String },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{what}: {source}")]
    Json { what: String, source: serde_json::Error },
    #[error("targets.toml: {0}")]
    Targets(#[from] toml::de::Error),
    #[error("callgrind counted nothing for `{0}`")]
    NotCounted(String),
    #[error(transparent)]
    Output(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing is left to report to if standard error is closed.
            let _closed = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all limits hold.
fn run(arguments: &Arguments) -> Result<bool, Error> {
    let targets = Targets::read()?;
    let mut results = Results { commit: cargo::commit(), operations: counts::measure(&targets)?, ..Results::default() };
    if !arguments.counts_only {
        times::measure(&targets, &mut results, arguments.short)?;
    }
    if arguments.peers || arguments.write_docs {
        results.peers = times::peers(arguments.short)?;
    }
    if arguments.trading || arguments.write_docs {
        results.trading = times::trading(arguments.short)?;
    }
    if arguments.buses || arguments.write_docs {
        results.buses = buses::measure(&targets, arguments.short, arguments.write_docs || !arguments.short)?;
    }
    if arguments.platform || arguments.write_docs {
        results.platform = Some(platform::measure(&targets)?);
    }
    if arguments.start || arguments.write_docs {
        results.application_start_ns = times::application_start(arguments.short)?;
    }

    let mut out = io::stdout().lock();
    let mut broken = report::broken(&targets, &results);
    broken.extend(buses::broken(&targets, &results.buses));
    broken.extend(results.platform.iter().flat_map(|platform| platform::broken(&targets, platform)));
    writeln!(out, "{}", report::table(&targets, &results))?;
    if let Some(platform) = &results.platform {
        writeln!(out, "{}", platform::section(&targets, platform))?;
    }
    if !results.peers.is_empty() {
        writeln!(out, "{}", report::peers(&results))?;
    }
    if !results.trading.is_empty() {
        writeln!(out, "{}", report::trading(&results))?;
    }
    if !results.buses.is_empty() {
        writeln!(out, "{}\n\n{}", buses::limits(&targets, &results.buses), buses::table(&results.buses))?;
    }
    writeln!(out, "{}", report::start(&results))?;
    if let Some(earlier) = &arguments.compare {
        writeln!(out, "\nsince {}:\n{}", earlier.display(), compare::moved(&Results::read(earlier)?, &results))?;
    }
    writeln!(out, "kept as {}", results.keep()?.display())?;
    if arguments.write_docs {
        writeln!(out, "written: {}", report::write_docs(&targets, &results)?.display())?;
    }
    for line in &broken {
        writeln!(out, "LIMIT BROKEN: {line}")?;
    }
    Ok(broken.is_empty())
}
