//! The compile time of a crate of N services: ours, by hand and with peers.
//!
//! `cargo run -p di-benches --bin compile_time`. It makes the crates in a temporary folder, builds their dependencies
//! first, and measures only the crates themselves: the instructions of rustc, counted by cachegrind, which repeat, and the
//! seconds of cargo's commands, which do not. Limits are ratios of instructions to hand-written wiring.
//!
//! `--short` is what CI runs.

mod count;
mod expansion;
mod limits;
mod measure;
mod projects;
mod report;
mod seconds;
mod step;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use di_benches::files::FileError;
use di_benches::generate::Shape;

use crate::limits::Targets;
use crate::step::Step;

/// Measures compile time, and fails when a limit of `targets.toml` is broken.
#[derive(Debug, Parser)]
struct Arguments {
    /// The numbers of services.
    #[arg(long, value_delimiter = ',', default_values_t = [100, 200, 400], value_parser = number_of_services)]
    sizes: Vec<usize>,

    /// What is measured.
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = Step::ALL)]
    steps: Vec<Step>,

    /// How often the seconds of each are measured; the least counts, as what else the machine does only ever adds. With 0,
    /// only instructions are counted, of all shapes at once.
    #[arg(long, default_value_t = 3)]
    runs: usize,

    /// Leave the peers out, of which only seconds are measured.
    #[arg(long)]
    without_peers: bool,

    /// What has a limit, with as many services as it holds from, and instructions only.
    #[arg(long, conflicts_with_all = ["sizes", "steps", "runs", "without_peers"])]
    short: bool,
}

/// What can go wrong while measuring.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{command} failed; if a tool is missing, run benches/install.sh\n{output}")]
    Command { command: String, output: String },
    #[error("the check of {crate_name} was to end in the error {code}, and said:\n{output}")]
    NoFault { crate_name: String, code: &'static str, output: String },
    #[error("cachegrind counted nothing for {0}")]
    NotCounted(String),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("targets.toml: {0}")]
    Targets(#[from] toml::de::Error),
    #[error("results: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
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
fn run(mut arguments: Arguments) -> Result<bool, Error> {
    let targets = Targets::read()?;
    if arguments.short {
        arguments.sizes = targets.sizes();
        arguments.runs = 0;
    }
    let mut shapes = vec![Shape::ByHand, Shape::Ours, Shape::ByHandInModules, Shape::OursInModules];
    if !arguments.without_peers && arguments.runs > 0 {
        shapes.extend([Shape::Nject, Shape::Shaku, Shape::Dill]);
    }
    let is_wanted = |shape: Shape, services, step| {
        let is_chosen =
            if arguments.short { targets.concern(shape, services, step) } else { arguments.steps.contains(&step) };
        is_chosen && step.concerns(shape) && (step.is_counted(shape) || arguments.runs > 0)
    };
    let rows = measure::all(&shapes, &arguments.sizes, is_wanted, arguments.runs)?;

    let mut broken = targets.broken(&rows);
    if arguments.short {
        // Nothing that is gated may drop out in silence.
        broken.extend(targets.unmeasured(&rows).map(|what| format!("{what}: was not measured")));
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}", report::section(&targets, &rows))?;
    if !arguments.short {
        report::keep(&targets, &rows)?;
    }
    for line in &broken {
        writeln!(out, "LIMIT BROKEN: {line}")?;
    }
    Ok(broken.is_empty())
}

/// The smallest graph in which a measurement can add a dependency is the smallest that is measured.
fn number_of_services(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(services) if services >= 10 => Ok(services),
        _ => Err("expected a number of services, 10 or more".to_owned()),
    }
}
