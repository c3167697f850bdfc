//! What the measurement means: ratios to hand-written wiring, limits, and the section of `docs/performance.md`.

use std::collections::BTreeMap;
use std::fs;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use di_benches::files::{FileError, workspace, write};
use serde::Deserialize;

use crate::Error;
use crate::measure::{Cost, Costs, Row};

/// The part of `targets.toml` that counts here.
#[derive(Debug, Deserialize)]
struct Targets {
    /// By how many services there are, and `.._in_modules`.
    compile_time: BTreeMap<String, Limit>,
    /// The same, after an edit.
    after_an_edit: BTreeMap<String, Limit>,
    /// The time of expansion per service, at the most services beside at the fewest from [`LINEAR_FROM`] on.
    expansion_growth: Limit,
}

/// A ratio.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    limit: f64,
    aim: f64,
}

/// One of the costs of a row.
type CostOf = fn(&Row) -> Option<Cost>;

/// With fewer services, what does not depend on their number hides what does.
const LINEAR_FROM: usize = 50;

/// A line for each limit that is broken.
pub(crate) fn broken(rows: &[Row]) -> Result<Vec<String>, Error> {
    let held = held(rows)?;
    let broken = held.into_iter().filter(|(_, ratio, limit)| *ratio > limit.limit);
    Ok(broken.map(|(what, ratio, limit)| format!("{what}: {ratio:.2}x, the limit is {}x", limit.limit)).collect())
}

/// What has a limit: what it is, its ratio and the limit.
fn held(rows: &[Row]) -> Result<Vec<(String, f64, Limit)>, Error> {
    let path = workspace().join("benches/targets.toml");
    let text = fs::read_to_string(&path).map_err(FileError::at(path))?;
    let targets: Targets = toml::from_str(&text)?;
    let mut held = Vec::new();
    for row in rows {
        let name = match row.shape {
            "ours" => row.services.to_string(),
            "ours_in_modules" => format!("{}_in_modules", row.services),
            _ => continue,
        };
        let of_ours = format!("{}, {} services", spoken(row.shape), row.services);
        let kinds: [(_, _, CostOf); 2] = [
            ("`cargo check`", &targets.compile_time, |row| Some(row.check.clean)),
            ("`cargo check` after an edit", &targets.after_an_edit, |row| Some(row.check.edited)),
        ];
        for (what, limits, cost) in kinds {
            if let (Some(limit), Some(ratio)) = (limits.get(&name), ratio(rows, row, cost)) {
                held.push((format!("{what}, {of_ours}"), ratio, *limit));
            }
        }
    }
    if let Some(growth) = growth(rows) {
        held.push(("expansion per service, most services beside fewest".to_owned(), growth, targets.expansion_growth));
    }
    Ok(held)
}

/// How much more the expansion of one service takes with many than with few: 1 is linear.
fn growth(rows: &[Row]) -> Option<f64> {
    let mut ours: Vec<&Row> = rows.iter().filter(|row| row.shape == "ours" && row.services >= LINEAR_FROM).collect();
    ours.sort_by_key(|row| row.services);
    match ours.as_slice() {
        [few, .., many] => Some(per_hundred(many)? / per_hundred(few)?),
        _ => None,
    }
}

/// Milliseconds of expansion for a hundred services.
fn per_hundred(row: &Row) -> Option<f64> {
    Some(row.expansion_ms? / row.services as f64 * 100.0)
}

/// The section as Markdown.
pub(crate) fn section(rows: &[Row]) -> Result<String, Error> {
    let mut limits = markdown(["CPU time beside wiring by hand", "ratio", "aim", "limit", "verdict"]);
    for (what, ratio, Limit { limit, aim }) in held(rows)? {
        let verdict = match (ratio <= limit, ratio <= aim) {
            (false, _) => "BROKEN",
            (true, false) => "ok, aim missed",
            (true, true) => "ok",
        };
        limits.add_row([what, format!("{ratio:.2}"), aim.to_string(), limit.to_string(), verdict.to_owned()]);
    }
    let mut expansion = markdown(["services", "wiring", "macros (ms)", "per hundred services (ms)"]);
    for row in rows {
        let (Some(all), Some(per_hundred)) = (row.expansion_ms, per_hundred(row)) else { continue };
        let services = row.services.to_string();
        expansion.add_row([services, spoken(row.shape), format!("{all:.1}"), format!("{per_hundred:.1}")]);
    }
    Ok(format!(
        "## Compile time\n\nOf a crate with that many services, each with its interface and two dependencies in a file of \
         its own; dependencies are built. An edit\nadds a line above one service and changes its body. Memory is that of \
         the compiler. Each figure is the least of several runs.\nWritten by \
         `cargo run -p di-benches --bin compile_time`.\n\n{limits}\n\n### `cargo check`\n\n{}\n\n\
         ### `cargo build`\n\n{}\n\n### Expanding our macros\n\n{expansion}\n",
        table(rows, |row| Some(row.check)),
        table(rows, |row| row.build),
    ))
}

/// One of the commands, all wirings side by side.
fn table(rows: &[Row], of: fn(&Row) -> Option<Costs>) -> Table {
    let mut table = markdown([
        "services",
        "wiring",
        "clean (s)",
        "CPU (s)",
        "CPU, ratio",
        "memory (MB)",
        "after an edit (s)",
        "CPU (s)",
        "CPU, ratio",
    ]);
    for row in rows {
        let times = |number: Option<f64>| number.map(|number| format!("{number:.2}")).unwrap_or_default();
        let (services, wiring) = (row.services.to_string(), spoken(row.shape));
        let Some(Costs { clean, edited }) = of(row) else {
            table.add_row([services, wiring, "fails".to_owned()]);
            continue;
        };
        table.add_row([
            services,
            wiring,
            format!("{:.2}", clean.seconds),
            format!("{:.2}", clean.cpu_seconds),
            times(ratio(rows, row, |row| Some(of(row)?.clean))),
            format!("{:.0}", clean.megabytes),
            format!("{:.2}", edited.seconds),
            format!("{:.2}", edited.cpu_seconds),
            times(ratio(rows, row, |row| Some(of(row)?.edited))),
        ]);
    }
    table
}

fn markdown<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    table
}

fn spoken(shape: &str) -> String {
    shape.replace('_', " ")
}

/// Keeps the rows as JSON and the section for `gate --write-docs`.
pub(crate) fn keep(rows: &[Row]) -> Result<(), Error> {
    let folder = workspace().join("results");
    write(&folder.join("compile_time.json"), &serde_json::to_string_pretty(rows)?)?;
    write(&folder.join("compile_time.md"), &section(rows)?)?;
    Ok(())
}

/// How many times the CPU time of hand-written wiring of as many services it takes.
fn ratio(rows: &[Row], row: &Row, cost: impl Fn(&Row) -> Option<Cost>) -> Option<f64> {
    let by_hand = rows.iter().find(|other| other.shape == "by_hand" && other.services == row.services)?;
    Some(cost(row)?.cpu_seconds / cost(by_hand)?.cpu_seconds)
}
