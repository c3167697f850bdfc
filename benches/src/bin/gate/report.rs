//! What a run means: which limits are broken, the tables, and `docs/performance.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use crate::results::{Pair, Results};
use crate::targets::Targets;
use crate::{Error, cargo};

/// What one must know to read the table of the peers.
const PEERS: &str = "\n`shaku` and `teloc` make transients in boxes and `nject` by value, which nobody can share: compare \
them with the row\n\"by hand in boxes\". All others, ours and \"by hand\" make an `Arc` each. `nject` and `teloc` cannot \
build ten singletons that\ndepend on each other; an empty cell is something that is not measured.";

/// A line for each limit that is broken.
pub(crate) fn broken(targets: &Targets, results: &Results) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, limits) in &targets.operations {
        let Some(operation) = results.operations.get(name) else { continue };
        let mut hold = |what: &str, pair: Pair, limit: f64| {
            if pair.ratio() > limit {
                broken.push(format!(
                    "{name}: {:.1} {what} against {:.1} by hand is {:.3}x, the limit is {limit}x",
                    pair.ours,
                    pair.by_hand,
                    pair.ratio()
                ));
            }
        };
        hold("instructions", operation.instructions, limits.instructions);
        if let Some(time) = operation.time_ns {
            hold("ns", time, limits.time);
        }
    }
    broken
}

/// All operations with their limits.
pub(crate) fn table(targets: &Targets, results: &Results) -> Table {
    let mut table = markdown([
        "operation",
        "instructions",
        "by hand",
        "ratio",
        "limit",
        "ns",
        "by hand",
        "ratio",
        "limit",
        "verdict",
        "nearest peer (time)",
    ]);
    for (name, limits) in &targets.operations {
        let Some(operation) = results.operations.get(name) else { continue };
        let counted = operation.instructions;
        let timed = |value: fn(Pair) -> String| operation.time_ns.map(value).unwrap_or_default();
        let holds =
            counted.ratio() <= limits.instructions && operation.time_ns.is_none_or(|time| time.ratio() <= limits.time);
        table.add_row([
            format!("{} (`{name}`)", limits.what),
            counted.ours.to_string(),
            counted.by_hand.to_string(),
            format!("{:.3}", counted.ratio()),
            limits.instructions.to_string(),
            timed(|pair| format!("{:.1}", pair.ours)),
            timed(|pair| format!("{:.1}", pair.by_hand)),
            timed(|pair| format!("{:.2}", pair.ratio())),
            limits.time.to_string(),
            if holds { "ok" } else { "BROKEN" }.to_owned(),
            limits.nearest.clone(),
        ]);
    }
    table
}

/// All containers side by side, as ratios to hand-written code.
pub(crate) fn peers(results: &Results) -> Table {
    let containers: BTreeSet<&String> = results.peers.values().flat_map(BTreeMap::keys).collect();
    let mut table = markdown(["container", "`&dyn I`", "`Arc<dyn I>`", "transient, three levels", "building ten"]);
    for container in containers {
        let cell = |what: &str| {
            let of_one = results.peers.get(what)?;
            let (own, by_hand) = (of_one.get(container)?, of_one.get("by_hand")?);
            Some(format!("{own:.1} ns ({:.1}x)", own / by_hand))
        };
        let columns = ["peer_reference", "peer_shared", "peer_transient", "peer_build_ten"];
        let mut row = vec![container.replace('_', " ")];
        row.extend(columns.map(|what| cell(what).unwrap_or_default()));
        table.add_row(row);
    }
    table
}

/// What changed between two runs.
pub(crate) fn changes(earlier: &Results, now: &Results) -> Table {
    let mut table = markdown(["operation", "instructions then", "now", "ratio of time then", "now"]);
    for (name, operation) in &now.operations {
        let Some(before) = earlier.operations.get(name) else { continue };
        let ratio = |pair: Option<Pair>| pair.map(|pair| format!("{:.2}", pair.ratio())).unwrap_or_default();
        table.add_row([
            name.clone(),
            before.instructions.ours.to_string(),
            operation.instructions.ours.to_string(),
            ratio(before.time_ns),
            ratio(operation.time_ns),
        ]);
    }
    table
}

/// Writes `docs/performance.md`, and leaves the part on compile time to the command that measures it.
pub(crate) fn write_docs(targets: &Targets, results: &Results) -> Result<PathBuf, Error> {
    let path = cargo::workspace().join("docs/performance.md");
    let mut text = format!(
        "# Performance\n\n\
         Written by `cargo run -p di-benches --bin gate -- --peers --write-docs`; do not edit. Measured at {}.\n\n\
         Limits are ratios to the same thing written by hand, in the same run (`benches/targets.toml`). Instructions \
         are counted by callgrind\nand repeatable; times are medians on a noisy machine, and only there to catch what \
         instructions do not show. The limits of\n`build_hundred`, `build_features`, `scope` and `factory` stand where we are: there, \"ok\" means no worse than before, and the aim of 1.05 is missed.\n\n{}\n",
        results.commit,
        table(targets, results)
    );
    if let Some(nanoseconds) = results.async_start_ns {
        let each = nanoseconds / 100.0;
        let _ = writeln!(text, "\nStarting a hundred async services on paused time costs {each:.0} ns per service.");
    }
    if !results.peers.is_empty() {
        let _ = writeln!(text, "\n## The peers, side by side\n\n{}\n{PEERS}", peers(results));
    }
    if let Ok(section) = fs::read_to_string(cargo::workspace().join("results/compile_time.md")) {
        let _ = writeln!(text, "\n{}", section.trim_end());
    }
    fs::write(&path, text).map_err(|source| Error::File { path: path.clone(), source })?;
    Ok(path)
}

fn markdown<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    table
}
