//! The event bus beside others: the benchmark `events`.

use std::collections::BTreeMap;
use std::path::Path;

use comfy_table::Table;

use crate::report::{markdown, verdict};
use crate::targets::{BusLimit, Targets};
use crate::times::{ATTEMPTS, median, run};
use crate::{Error, cargo};

/// How many events the benchmark sends from task to task.
const EVENTS: f64 = 100_000.0;

/// Which benchmarks there are: the group, what it measures, and with whom the others are compared.
const GROUPS: [(&str, &str, &str); 3] = [
    ("events_same_thread", "calls, same thread", "publisher"),
    ("events_same_task", "queues, same task", "wait"),
    ("events_across_tasks", "queues, other tasks", "wait"),
];

/// Which rows are ours.
const OURS: [&str; 6] = ["topic", "publisher", "topic_with_history", "wait", "drop_oldest", "newest"];

/// Runs the benchmark, and those rows again that break a limit: the best ratio counts, as noise only ever slows down.
///
/// Unless all are asked for, only those that have limits are run.
pub(crate) fn measure(targets: &Targets, short: bool, all: bool) -> Result<BTreeMap<String, f64>, Error> {
    let folder = cargo::criterion()?;
    let limited: Vec<&str> = targets.buses.values().flat_map(|limit| [&*limit.ours, &*limit.beside]).collect();
    run("events", &["events"], short, &if all { String::new() } else { only(&limited) })?;
    let mut times = BTreeMap::new();
    for (group, ..) in GROUPS {
        read(&folder, group, &mut times);
    }
    if !all {
        times.retain(|name, _| limited.contains(&name.as_str()));
    }
    for limit in targets.buses.values() {
        for _ in 1..ATTEMPTS {
            let Some(before) = ratio(limit, &times).filter(|&ratio| ratio > limit.limit) else { break };
            run("events", &["events"], short, &only(&[&limit.ours, &limit.beside]))?;
            let mut again = times.clone();
            for name in [&limit.ours, &limit.beside] {
                again.extend(median(&folder.join(name)).map(|time| (name.clone(), time)));
            }
            if ratio(limit, &again).is_some_and(|ratio| ratio < before) {
                times = again;
            }
        }
    }
    Ok(times)
}

/// A line for each limit that is broken.
pub(crate) fn broken(targets: &Targets, times: &BTreeMap<String, f64>) -> Vec<String> {
    let broken = |(name, limit): (&String, &BusLimit)| {
        let ratio = ratio(limit, times).filter(|&ratio| ratio > limit.limit)?;
        Some(format!("{name}: {ratio:.2}x the time of {}, the limit is {}x", limit.beside, limit.limit))
    };
    targets.buses.iter().filter_map(broken).collect()
}

/// The comparisons that have limits.
pub(crate) fn limits(targets: &Targets, times: &BTreeMap<String, f64>) -> Table {
    let mut table = markdown(["the event bus", "ratio of time", "aim", "limit", "verdict"]);
    for limit in targets.buses.values() {
        let Some(ratio) = ratio(limit, times) else { continue };
        let verdict = verdict(ratio <= limit.limit, ratio <= limit.aim).to_owned();
        let (aim, most) = (limit.aim.to_string(), limit.limit.to_string());
        table.add_row([limit.what.clone(), format!("{ratio:.2}"), aim, most, verdict]);
    }
    table
}

/// All buses side by side. A ratio says how many times as long as ours another one takes.
pub(crate) fn table(times: &BTreeMap<String, f64>) -> Table {
    let mut table = markdown(["where", "bus", "one subscriber", "ratio", "eight subscribers", "ratio"]);
    for (group, place, baseline) in GROUPS {
        let prefix = format!("{group}/");
        let names: Vec<&str> = times.keys().filter_map(|name| name.strip_prefix(&prefix)?.strip_suffix("/1")).collect();
        for name in names {
            let cell = |count: u32| {
                let time = times.get(&format!("{group}/{name}/{count}"))?;
                let ours = times.get(&format!("{group}/{baseline}/{count}"))?;
                Some([unit(group, *time), format!("{:.2}", time / ours)])
            };
            let who = if OURS.contains(&name) { format!("di-core, {name}") } else { name.to_owned() };
            let mut row = vec![place.to_owned(), who.replace('_', " ")];
            row.extend([1, 8].into_iter().flat_map(|count| cell(count).unwrap_or_default()));
            table.add_row(row);
        }
    }
    table
}

/// The section of `docs/performance.md`.
pub(crate) fn section(targets: &Targets, times: &BTreeMap<String, f64>) -> String {
    let time = |name: &str| times.get(name).copied().unwrap_or(f64::NAN);
    let (one, eight) = (time("events_same_thread/publisher/1"), time("events_same_thread/publisher/8"));
    format!(
        "## The event bus beside others\n\n{}\n\nA call in the publisher\'s thread costs {one:.1} ns for one subscriber \
         and {:.1} ns for each further one; the aim is 15 and 3.\nBetween tasks, {} pass to one subscriber and {} to \
         eight; the aim is five million.\n\n{}\n\nEvents of eight bytes; queues of 1,024, but `tokio broadcast` has \
         room for all, as it cannot make a publisher wait. Across\ntasks, two threads run the publisher and all \
         subscribers, and the figure is the number of events published, not delivered.\nA ratio is the time of that bus \
         divided by ours (`publisher` or `wait`): above 1, ours is faster.",
        limits(targets, times),
        (eight - one) / 7.0,
        unit("events_across_tasks", time("events_across_tasks/wait/1")),
        unit("events_across_tasks", time("events_across_tasks/wait/8")),
        table(times),
    )
}

/// A time, or how many events a second pass.
fn unit(group: &str, nanoseconds: f64) -> String {
    if group == "events_across_tasks" {
        format!("{:.2} M events/s", EVENTS / nanoseconds * 1e3)
    } else {
        format!("{nanoseconds:.1} ns")
    }
}

fn ratio(limit: &BusLimit, times: &BTreeMap<String, f64>) -> Option<f64> {
    Some(times.get(&limit.ours)? / times.get(&limit.beside)?)
}

/// A filter for these benchmarks.
fn only(names: &[&str]) -> String {
    format!("^({})$", names.join("|"))
}

/// Reads each `group/name/number of subscribers`.
fn read(folder: &Path, group: &str, times: &mut BTreeMap<String, f64>) {
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    for name in names(&folder.join(group)) {
        for count in ["1", "8"] {
            let path = folder.join(group).join(&name).join(count);
            times.extend(median(&path).map(|time| (format!("{group}/{name}/{count}"), time)));
        }
    }
}
