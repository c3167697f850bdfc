//! Differences between two runs.

use comfy_table::Table;

use crate::report::markdown;
use crate::results::{Pair, Results};

/// Times are noise up to here: the ratio of a row may differ by so much from run to run.
const NOISE: f64 = 0.25;

/// A row for each operation and each bus that moved: in instructions at all, in time by more than noise.
pub(crate) fn moved(earlier: &Results, now: &Results) -> Table {
    let mut table = markdown(["what", "instructions then", "now", "change", "ratio of time then", "now", "change"]);
    for (name, operation) in &now.operations {
        let Some(before) = earlier.operations.get(name) else {
            table.add_row([name.as_str(), "not measured"]);
            continue;
        };
        let instructions = (before.instructions.ours, operation.instructions.ours);
        let time = before.time_ns.map(Pair::ratio).zip(operation.time_ns.map(Pair::ratio));
        let time = time.filter(|&(then, now)| change(then, now).abs() > NOISE);
        if instructions.0 == instructions.1 && time.is_none() {
            continue;
        }
        let mut row = vec![name.clone()];
        row.extend([instructions.0.to_string(), instructions.1.to_string(), percent(instructions.0, instructions.1)]);
        if let Some((then, now)) = time {
            row.extend([format!("{then:.2}"), format!("{now:.2}"), percent(then, now)]);
        }
        table.add_row(row);
    }
    for (name, &nanoseconds) in &now.buses {
        // No ratio, because a bus has no twin: what else ran on the machine shows, too.
        let Some(&before) = earlier.buses.get(name) else { continue };
        if change(before, nanoseconds).abs() > NOISE {
            let cells = [format!("{before:.1} ns"), format!("{nanoseconds:.1} ns"), percent(before, nanoseconds)];
            table.add_row([name.clone(), String::new(), String::new(), String::new()].into_iter().chain(cells));
        }
    }
    if table.is_empty() {
        table.add_row(["nothing moved"]);
    }
    table
}

fn change(then: f64, now: f64) -> f64 {
    now / then - 1.0
}

fn percent(then: f64, now: f64) -> String {
    format!("{:+.1} %", change(then, now) * 100.0)
}
