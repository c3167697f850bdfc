//! How long the compiler works on expanding macros.
//!
//! It says so itself, with `-Ztime-passes`, which a stable compiler takes only under `RUSTC_BOOTSTRAP`. Some build scripts
//! look at that variable, so that this happens in a target folder of its own.

use std::process::Command;

use serde::Deserialize;

use crate::Error;
use crate::measure::{least, touch};
use crate::projects::Project;

/// One line of what the compiler prints.
#[derive(Debug, Deserialize)]
struct Pass {
    pass: String,
    /// Seconds.
    time: f64,
}

/// The least of all runs, in milliseconds.
pub(crate) fn measure(project: &Project, runs: usize) -> Result<f64, Error> {
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        touch(project)?;
        times.push(once(project)?);
    }
    Ok(least(times.into_iter()))
}

fn once(project: &Project) -> Result<f64, Error> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["rustc", "--quiet", "--lib", "--profile", "check", "--"]);
    command.args(["-Ztime-passes", "-Ztime-passes-format=json"]);
    command.current_dir(&project.folder).env("CARGO_TARGET_DIR", project.target.join("expansion"));
    command.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTFLAGS").env_remove("CARGO_MANIFEST_DIR");
    let output = command.output()?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let passes = printed.lines().filter_map(|line| line.strip_prefix("time: "));
    let mut passes = passes.filter_map(|json| serde_json::from_str::<Pass>(json).ok());
    match passes.find(|pass| pass.pass == "macro_expand_crate") {
        Some(pass) if output.status.success() => Ok(pass.time * 1e3),
        _ => Err(Error::Command {
            command: format!("{command:?}"),
            output: printed.lines().take(20).collect::<Vec<_>>().join("\n"),
        }),
    }
}
