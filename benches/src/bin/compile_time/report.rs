//! What the measurement means: ratios to hand-written wiring, limits, and the section of `docs/performance.md`.

use std::collections::BTreeMap;
use std::fs;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use serde::Deserialize;

use crate::Error;
use crate::measure::{Cost, Row};
use crate::projects::workspace;

/// The part of `targets.toml` that counts here.
#[derive(Debug, Deserialize)]
struct Targets {
    /// The limit, by how many services there are, and `.._in_modules`.
    compile_time: BTreeMap<String, f64>,
}

/// A line for each limit that is broken.
pub(crate) fn broken(rows: &[Row]) -> Result<Vec<String>, Error> {
    let path = workspace().join("benches/targets.toml");
    let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
    let targets: Targets = toml::from_str(&text)?;
    let limit_of = |row: &Row| {
        let name = match row.shape {
            "ours" => row.services.to_string(),
            "ours_in_modules" => format!("{}_in_modules", row.services),
            _ => return None,
        };
        targets.compile_time.get(&name).copied()
    };
    Ok(rows
        .iter()
        .filter_map(|row| {
            let (limit, ratio) = (limit_of(row)?, ratio(rows, row, |row| row.clean)?);
            let (shape, services) = (row.shape, row.services);
            (ratio > limit).then(|| format!("{shape}, {services} services: {ratio:.2}x by hand, the limit is {limit}x"))
        })
        .collect())
}

/// The section as Markdown.
pub(crate) fn section(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header([
        "services",
        "wiring",
        "clean (s)",
        "CPU (s)",
        "CPU, ratio",
        "after an edit (s)",
        "CPU, ratio",
        "memory (MB)",
    ]);
    for row in rows {
        let times = |number: Option<f64>| number.map(|number| format!("{number:.2}")).unwrap_or_default();
        table.add_row([
            row.services.to_string(),
            row.shape.replace('_', " "),
            format!("{:.2}", row.clean.seconds),
            format!("{:.2}", row.clean.cpu_seconds),
            times(ratio(rows, row, |row| row.clean)),
            format!("{:.2}", row.edited.seconds),
            times(ratio(rows, row, |row| row.edited)),
            format!("{:.0}", row.clean.megabytes),
        ]);
    }
    format!(
        "## Compile time\n\n`cargo check` of a crate with that many services, each with its interface and two \
         dependencies; dependencies are built.\nWritten by `cargo run -p di-benches --bin compile_time`.\n\n{table}\n"
    )
}

/// Keeps the rows as JSON and the section for `gate --write-docs`.
pub(crate) fn keep(rows: &[Row]) -> Result<(), Error> {
    let folder = workspace().join("results");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text)).map_err(|source| Error::File { path, source })
    };
    write("compile_time.json", serde_json::to_string_pretty(rows)?)?;
    write("compile_time.md", section(rows))
}

/// How many times the CPU time of hand-written wiring of as many services it takes.
fn ratio(rows: &[Row], row: &Row, cost: fn(&Row) -> Cost) -> Option<f64> {
    let by_hand = rows.iter().find(|other| other.shape == "by_hand" && other.services == row.services)?;
    Some(cost(row).cpu_seconds / cost(by_hand).cpu_seconds)
}
