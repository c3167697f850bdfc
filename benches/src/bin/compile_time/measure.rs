//! How long one project takes to check and to build, and how much memory.

use std::fmt;
use std::fs;
use std::process::Command;
use std::time::Instant;

use di_benches::files::{FileError, write};
use di_benches::generate::Shape;
use serde::Serialize;

use crate::projects::{Project, is_ours};
use crate::{Error, expansion};

/// What was measured of one project: the least of all runs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// [`Shape::name`].
    pub(crate) shape: &'static str,
    /// How many there are.
    pub(crate) services: usize,
    /// `cargo check`.
    pub(crate) check: Costs,
    /// `cargo build`; a peer may pass the check and fail here.
    pub(crate) build: Option<Costs>,
    /// What the compiler says the expansion of all macros takes, where they are ours.
    pub(crate) expansion_ms: Option<f64>,
}

/// What one of cargo's commands costs.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Costs {
    /// The crate is compiled anew.
    pub(crate) clean: Cost,
    /// In the file of one service, its body was changed and a line added above it.
    pub(crate) edited: Cost,
}

/// What one run costs.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Cost {
    /// On the clock.
    pub(crate) seconds: f64,
    /// Of the processor: steadier on a machine that others use, too.
    pub(crate) cpu_seconds: f64,
    /// At the most, of the largest process.
    pub(crate) megabytes: f64,
}

/// Which of cargo's commands is run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Check,
    Build,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shape, services, check, build, .. } = self;
        write!(f, "{shape:<16} {services:>4} services: check {check}; build ")?;
        match build {
            Some(build) => build.fmt(f),
            None => f.write_str("fails"),
        }
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clean, edited } = self;
        write!(
            f,
            "clean {:.2} s ({:.2} s of CPU, {:.0} MB), after an edit {:.2} s ({:.2} s of CPU)",
            clean.seconds, clean.cpu_seconds, clean.megabytes, edited.seconds, edited.cpu_seconds
        )
    }
}

/// Measures both commands, each clean and after an edit, and the expansion of our macros.
pub(crate) fn measure(project: &Project, shape: Shape, services: usize, runs: usize) -> Result<Row, Error> {
    let check = costs(project, Step::Check, runs)?;
    let build = match costs(project, Step::Build, runs) {
        Ok(build) => Some(build),
        Err(Error::Command { .. }) if !is_ours(shape) => None,
        Err(error) => return Err(error),
    };
    let has_our_macros = matches!(shape, Shape::Ours | Shape::OursInModules);
    let expansion_ms = if has_our_macros { Some(expansion::measure(project, runs)?) } else { None };
    Ok(Row { shape: shape.name(), services, check, build, expansion_ms })
}

fn costs(project: &Project, step: Step, runs: usize) -> Result<Costs, Error> {
    let mut clean = Vec::new();
    let mut edited = Vec::new();
    // The dependencies.
    cargo(project, step)?;
    for _ in 0..runs {
        forget(project)?;
        clean.push(cargo(project, step)?);
    }
    let edited_file = project.edited();
    let original = fs::read_to_string(&edited_file).map_err(FileError::at(&edited_file))?;
    for run in 1..=runs {
        write(&edited_file, &edit(&original, run))?;
        edited.push(cargo(project, step)?);
    }
    write(&edited_file, &original)?;
    Ok(Costs { clean: least_of(&clean), edited: least_of(&edited) })
}

/// Runs cargo under GNU `time`, which knows what the children used.
pub(crate) fn cargo(project: &Project, step: Step) -> Result<Cost, Error> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new("time");
    command.args(["--quiet", "--format", "TIME %U %S %M", &cargo, step.name(), "--quiet"]);
    command.current_dir(&project.folder).env("CARGO_TARGET_DIR", &project.target);
    // What cargo tells its own children about this package is of no use to another one.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_MANIFEST_DIR");
    let start = Instant::now();
    let output = command.output()?;
    let seconds = start.elapsed().as_secs_f64();
    let printed = String::from_utf8_lossy(&output.stderr);
    let numbers: Vec<f64> = printed
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("TIME "))
        .map(|line| line.split(' ').filter_map(|number| number.parse().ok()).collect())
        .unwrap_or_default();
    match (output.status.success(), numbers.as_slice()) {
        (true, &[user, system, kilobytes]) => {
            Ok(Cost { seconds, cpu_seconds: user + system, megabytes: kilobytes / 1024.0 })
        }
        _ => Err(Error::Command {
            command: format!("{command:?}"),
            output: printed.lines().take(20).collect::<Vec<_>>().join("\n"),
        }),
    }
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Build => "build",
        }
    }
}

/// Removes what incremental compilation keeps of the crate, and makes it stale; the dependencies stay.
fn forget(project: &Project) -> Result<(), Error> {
    let incremental = project.target.join("debug/incremental");
    if incremental.exists() {
        fs::remove_dir_all(&incremental).map_err(FileError::at(incremental))?;
    }
    touch(project)
}

/// The source of a service with another number in its body, and so many lines more above it all.
fn edit(source: &str, run: usize) -> String {
    "// Edited.\n".repeat(run) + &source.replacen("wrapping_add(1)", &format!("wrapping_add({})", run + 1), 1)
}

/// Writes the root of the crate again, so that it counts as changed.
pub(crate) fn touch(project: &Project) -> Result<(), Error> {
    let path = project.root();
    fs::read(&path).and_then(|text| fs::write(&path, text)).map_err(FileError::at(path))?;
    Ok(())
}

/// The least of each: what else the machine does only ever adds.
fn least_of(costs: &[Cost]) -> Cost {
    let of = |number: fn(&Cost) -> f64| least(costs.iter().map(number));
    Cost {
        seconds: of(|cost| cost.seconds),
        cpu_seconds: of(|cost| cost.cpu_seconds),
        megabytes: of(|cost| cost.megabytes),
    }
}

/// The least number; none is no number.
pub(crate) fn least(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.min_by(f64::total_cmp).unwrap_or(f64::NAN)
}
