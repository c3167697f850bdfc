//! The story in figures: builds each phase, runs it, and prints a table with the targets of the plan beside it.
//!
//! With `--write-docs` it also puts the table into the guide's chapter.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// A phase: its feature, and what the plan allowed: time per resolution in ms, memory of dual over single registration in
/// per cent.
struct Phase {
    feature: &'static str,
    title: &'static str,
    plan: Option<(u32, u32)>,
}

const PHASES: [Phase; 7] = [
    Phase { feature: "start", title: "before", plan: None },
    Phase { feature: "week1", title: "week 1", plan: Some((5, 5)) },
    Phase { feature: "week2", title: "week 2", plan: Some((8, 8)) },
    Phase { feature: "week3", title: "week 3", plan: Some((10, 10)) },
    Phase { feature: "week4-reporting", title: "week 4, not critical", plan: Some((10, 5)) },
    Phase { feature: "week4-analysis", title: "week 4, analysis", plan: Some((10, 5)) },
    Phase { feature: "week4", title: "week 4, all but the critical", plan: Some((10, 5)) },
];

const CHAPTER: &str = "../../../docs/guide/20-four-weeks.md";
const BEGIN: &str = "<!-- figures: cargo run -p migration-story -- --write-docs -->\n";
const END: &str = "<!-- end of figures -->";

fn main() -> Result<(), Box<dyn Error>> {
    let mut table = "| phase | coverage | concrete edges | a resolution | plan | second key, memory | plan | start |\n\
                     | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for phase in &PHASES {
        writeln!(table, "{}", row(phase, &figures(phase.feature)?)?)?;
    }
    write!(stdout(), "{table}")?;
    if env::args().any(|argument| argument == "--write-docs") {
        write_docs(&table)?;
    }
    Ok(())
}

/// Builds and runs a phase.
fn figures(feature: &str) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["run", "--quiet", "-p", "migration-story", "--bin", "phase", "--features", feature];
    let output = Command::new(cargo).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    if !output.status.success() {
        return Err(format!("{feature} does not build or run:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    let pairs = lines.lines().filter_map(|line| line.split_once(' '));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn row(phase: &Phase, figures: &HashMap<String, String>) -> Result<String, Box<dyn Error>> {
    let figure = |name: &str| figures.get(name).cloned().ok_or_else(|| format!("{}: no `{name}`", phase.title));
    let (single, dual): (i64, i64) = (figure("bytes")?.parse()?, figure("dual_bytes")?.parse()?);
    let plan = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    Ok(format!(
        "| {} | {} | {} | {} ns | {} | {} of {single} bytes | {} | {} \u{b5}s |",
        phase.title,
        figure("coverage")?,
        figure("coupling")?,
        figure("resolution_ns")?,
        plan(phase.plan.map(|(time, _)| format!("{time} ms"))),
        dual - single,
        plan(phase.plan.map(|(_, memory)| format!("{memory} %"))),
        figure("start_us")?,
    ))
}

/// Puts the table between its marks.
fn write_docs(table: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(CHAPTER);
    let chapter = fs::read_to_string(&path)?;
    let marks = chapter.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = marks.ok_or_else(|| format!("{}: expected the marks of the figures", path.display()))?;
    Ok(fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}"))?)
}
