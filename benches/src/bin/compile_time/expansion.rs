//! The time that the compiler works on expanding macros.
//!
//! It says so itself, with `-Ztime-passes`, which a stable compiler takes only under `RUSTC_BOOTSTRAP`. Some build scripts
//! look at that variable, so that this happens in a target folder of its own.

use std::process::Command;

use serde::Deserialize;

use crate::Error;
use crate::projects::Project;
use crate::seconds::{cargo_itself, failed};

/// One line of what the compiler prints.
#[derive(Debug, Deserialize)]
struct Pass {
    pass: String,
    /// Seconds.
    time: f64,
}

/// The least of all runs, in milliseconds.
pub(crate) fn measure(project: &Project<'_>, runs: usize) -> Result<Option<f64>, Error> {
    let mut times = Vec::new();
    for _ in 0..runs {
        project.touch()?;
        times.push(once(project)?);
    }
    Ok(times.into_iter().min_by(f64::total_cmp))
}

fn once(project: &Project<'_>) -> Result<f64, Error> {
    let mut command = Command::new(cargo_itself());
    command.args(["rustc", "--quiet", "--lib", "--profile", "check", "--"]);
    command.args(["-Ztime-passes", "-Ztime-passes-format=json"]);
    project.prepare(&mut command);
    command.env("CARGO_TARGET_DIR", project.target.join("expansion")).env("RUSTC_BOOTSTRAP", "1");
    let output = command.output()?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let passes = printed.lines().filter_map(|line| line.strip_prefix("time: "));
    let mut passes = passes.filter_map(|json| serde_json::from_str::<Pass>(json).ok());
    match passes.find(|pass| pass.pass == "macro_expand_crate") {
        Some(pass) if output.status.success() => Ok(pass.time * 1e3),
        _ => Err(failed(&command, &output)),
    }
}
