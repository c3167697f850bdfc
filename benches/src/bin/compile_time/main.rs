//! How long `cargo check` and `cargo build` take for a crate of N services: ours, by hand and with peers.
//!
//! `cargo run -p di-benches --bin compile_time -- --sizes 10,50,100,200`. It makes the crates in a temporary folder,
//! builds their dependencies first, and measures only the crates themselves, each as often as `--runs` says.

mod expansion;
mod measure;
mod projects;
mod report;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use di_benches::files::FileError;
use di_benches::generate::Shape;

/// Measures compile time.
#[derive(Debug, Parser)]
struct Arguments {
    /// The numbers of services.
    #[arg(long, value_delimiter = ',', default_values_t = [10, 50, 100, 200])]
    sizes: Vec<usize>,

    /// How often each is measured; the least counts, as what else the machine does only ever adds.
    #[arg(long, default_value_t = 3)]
    runs: usize,

    /// Leave the peers out.
    #[arg(long)]
    without_peers: bool,

    /// Fail when a limit of `targets.toml` is broken.
    #[arg(long)]
    gate: bool,
}

/// What can go wrong while measuring.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{command} failed:\n{output}")]
    Command { command: String, output: String },
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

/// Whether all limits hold, or need not.
fn run(arguments: &Arguments) -> Result<bool, Error> {
    let mut shapes = vec![Shape::ByHand, Shape::Ours, Shape::OursInModules];
    if !arguments.without_peers {
        shapes.extend([Shape::Nject, Shape::Shaku, Shape::Dill]);
    }
    let projects = projects::Projects::create()?;
    let mut out = io::stdout().lock();
    let mut rows = Vec::new();
    for &services in &arguments.sizes {
        for &shape in shapes.iter().filter(|shape| projects::can(**shape, services)) {
            match measure::measure(&projects.project(shape, services)?, shape, services, arguments.runs) {
                Ok(row) => {
                    writeln!(out, "{row}")?;
                    rows.push(row);
                }
                // A peer may give up on a graph of this size; that is a result, too.
                Err(Error::Command { output, .. }) if !projects::is_ours(shape) => {
                    let why = output.lines().next().unwrap_or_default();
                    writeln!(out, "{:<16} {services:>4} services: does not compile: {why}", shape.name())?;
                }
                Err(error) => return Err(error),
            }
        }
    }
    let broken = report::broken(&rows)?;
    writeln!(out, "\n{}", report::section(&rows)?)?;
    report::keep(&rows)?;
    for line in &broken {
        writeln!(out, "LIMIT BROKEN: {line}")?;
    }
    Ok(broken.is_empty() || !arguments.gate)
}
