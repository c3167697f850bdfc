//! The section of `docs/performance.md` about compile time.

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use di_benches::files::{workspace, write};

use crate::Error;
use crate::limits::{Targets, cpu, expansion_per_hundred, instructions, ratio, spoken};
use crate::measure::{Cost, Row};
use crate::seconds::Seconds;
use crate::step::Step;

/// What one must know to read the tables.
const ABOUT: &str = "\
Of a crate with that many services, each with its interface and two dependencies in a file of its own; the container has its
own file, too. Dependencies are built. An edit adds a line above one service and changes its body; the error is that of one
service which the container lacks. Instructions are those of one rustc that cargo calls in its dev profile, our macros
included, counted by cachegrind; they repeat. Limits are ratios to the same wiring by hand, in the same run.
Written by `cargo run -p di-benches --bin compile_time`.";

/// The section as Markdown.
pub(crate) fn section(targets: &Targets, rows: &[Row]) -> String {
    let mut text = format!("## Compile time\n\n{ABOUT}\n\n{}\n", limits(targets, rows));
    text.push_str(&format!("\n### Instructions, in thousand millions\n\n{}\n", counted(rows)));
    if rows.iter().any(|row| row.steps.values().flatten().any(|cost| cost.seconds.is_some())) {
        text.push_str(&format!(
            "\n### Seconds\n\nOf cargo's command, the least of several runs. Memory is that of the compiler.\n\n{}\n",
            timed(rows)
        ));
    }
    if rows.iter().any(|row| row.expansion_ms.is_some()) {
        text.push_str(&format!("\n### Expanding our macros\n\n{}\n", expansion(rows)));
    }
    text
}

/// Keeps the rows as JSON, and the section for `gate --write-docs`.
pub(crate) fn keep(targets: &Targets, rows: &[Row]) -> Result<(), Error> {
    let folder = workspace().join("results");
    write(&folder.join("compile_time.json"), &serde_json::to_string_pretty(rows)?)?;
    write(&folder.join("compile_time.md"), &section(targets, rows))?;
    Ok(())
}

fn limits(targets: &Targets, rows: &[Row]) -> Table {
    let mut table = markdown(["beside wiring by hand", "ratio", "aim", "limit", "verdict"]);
    for held in targets.held(rows) {
        let verdict = match (held.ratio <= held.limit.limit, held.ratio <= held.limit.aim) {
            (false, _) => "BROKEN",
            (true, false) => "ok, aim missed",
            (true, true) => "ok",
        };
        let ratio = format!("{:.2}", held.ratio);
        table.add_row([held.what, ratio, held.limit.aim.to_string(), held.limit.limit.to_string(), verdict.to_owned()]);
    }
    table
}

fn counted(rows: &[Row]) -> Table {
    let mut table = markdown(["services", "step", "wiring", "instructions", "ratio"]);
    for (services, step, row, cost) in cells(rows) {
        let Some(count) = cost.and_then(instructions) else { continue };
        table.add_row([
            services,
            step.spoken().to_owned(),
            spoken(row.shape),
            format!("{:.3}", count / 1e9),
            times(ratio(rows, row, step, instructions)),
        ]);
    }
    table
}

fn timed(rows: &[Row]) -> Table {
    let mut table = markdown(["services", "step", "wiring", "seconds", "of CPU", "ratio of CPU", "memory (MB)"]);
    for (services, step, row, cost) in cells(rows) {
        let (step_name, wiring) = (step.spoken().to_owned(), spoken(row.shape));
        match cost {
            None => {
                table.add_row([services, step_name, wiring, "fails".to_owned()]);
            }
            Some(Cost { seconds: Some(Seconds { clock, cpu: of_cpu, megabytes }), .. }) => {
                table.add_row([
                    services,
                    step_name,
                    wiring,
                    format!("{clock:.2}"),
                    format!("{of_cpu:.2}"),
                    times(ratio(rows, row, step, cpu)),
                    format!("{megabytes:.0}"),
                ]);
            }
            Some(_) => {}
        }
    }
    table
}

fn expansion(rows: &[Row]) -> Table {
    let mut table = markdown(["services", "wiring", "macros (ms)", "per hundred services (ms)"]);
    for row in rows {
        let (Some(all), Some(per_hundred)) = (row.expansion_ms, expansion_per_hundred(row)) else { continue };
        let services = row.services.to_string();
        table.add_row([services, spoken(row.shape), format!("{all:.1}"), format!("{per_hundred:.1}")]);
    }
    table
}

/// All steps, by size, then by step, then all wirings side by side.
fn cells(rows: &[Row]) -> Vec<(String, Step, &Row, Option<Cost>)> {
    let all = rows.iter().flat_map(|row| row.steps.iter().map(move |(step, cost)| (*step, row, *cost)));
    let mut cells: Vec<_> = all.map(|(step, row, cost)| (row.services.to_string(), step, row, cost)).collect();
    cells.sort_by_key(|(_, step, row, _)| (row.services, *step));
    cells
}

fn times(ratio: Option<f64>) -> String {
    ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default()
}

fn markdown<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    table
}
