//! Commands of cargo, and the time and memory that they take.

use std::path::Path;
use std::process::{self, Output};
use std::time::Instant;

use serde::Serialize;

use crate::Error;
use crate::projects::Project;
use crate::step::Command;

/// What one run takes.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Seconds {
    /// On the clock.
    pub(crate) clock: f64,
    /// Of the processor: steadier on a machine that others use, too.
    pub(crate) cpu: f64,
    /// Memory at the most, of the largest process.
    pub(crate) megabytes: f64,
}

impl Seconds {
    /// The least of each: what else the machine does only ever adds.
    pub(crate) fn least(runs: &[Self]) -> Option<Self> {
        let of = |number: fn(&Self) -> f64| runs.iter().map(number).min_by(f64::total_cmp);
        Some(Self { clock: of(|run| run.clock)?, cpu: of(|run| run.cpu)?, megabytes: of(|run| run.megabytes)? })
    }
}

/// Runs cargo under GNU `time`, which knows what the children used. With `expected`, the command must fail and say it.
pub(crate) fn cargo(
    project: &Project<'_>,
    command: Command,
    count: Option<&Path>,
    expected: Option<&'static str>,
) -> Result<Seconds, Error> {
    let mut timed = process::Command::new("time");
    timed.args(["--quiet", "--format", "TIME %U %S %M", &cargo_itself(), command.name(), "--quiet"]);
    project.prepare(&mut timed);
    project.counter.attach(&mut timed, count);
    let start = Instant::now();
    let output = timed.output()?;
    let clock = start.elapsed().as_secs_f64();
    let printed = String::from_utf8_lossy(&output.stderr);
    let has_ended_as_expected = match expected {
        None => output.status.success(),
        Some(code) if !output.status.success() && printed.contains(code) => true,
        Some(code) => {
            return Err(Error::NoFault { crate_name: project.name.clone(), code, output: first_lines(&printed) });
        }
    };
    let numbers: Vec<f64> = printed
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("TIME "))
        .map(|line| line.split(' ').filter_map(|number| number.parse().ok()).collect())
        .unwrap_or_default();
    match (has_ended_as_expected, numbers.as_slice()) {
        (true, &[user, system, kilobytes]) => Ok(Seconds { clock, cpu: user + system, megabytes: kilobytes / 1024.0 }),
        _ => Err(failed(&timed, &output)),
    }
}

/// The cargo that runs this program.
pub(crate) fn cargo_itself() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// The error of a command that failed.
pub(crate) fn failed(command: &process::Command, output: &Output) -> Error {
    let printed = String::from_utf8_lossy(&output.stderr);
    Error::Command { command: format!("{command:?}"), output: first_lines(&printed) }
}

fn first_lines(text: &str) -> String {
    text.lines().take(20).collect::<Vec<_>>().join("\n")
}
