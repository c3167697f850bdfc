//! The report of a run: broken limits, the tables, and `docs/performance.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use crate::results::{Pair, Results};
use crate::targets::Targets;
use crate::{Error, buses, cargo, platform};

/// What one must know to read the table of the peers.
const PEERS: &str = "\n`shaku` and `teloc` make transients in boxes and `nject` by value, which nobody can share: compare \
them with the row\n\"by hand in boxes\". All others, ours and \"by hand\" make an `Arc` each. `nject` and `teloc` cannot \
build ten singletons that\ndepend on each other; an empty cell is something that is not measured.";

/// What one must know to read the table of the path of a trade.
const TRADING: &str = "\nEach gets the same 10,000 trades of one market, made beforehand, one at a time; with an \
order per trade it buys at one and\nsells at the next, filled on paper with a fee and without latency. They do not \
do the same: ours checks each trade\n(repeated, late, doubtful), keeps book, candles of all lengths and the value \
of the account, asks its limits, keeps each\norder and fill as a fact in memory, tells the bus and fills from a \
book; `barter` admits every order, keeps the last price\nand the statistics of the position, makes an audit of \
each event, and its mock exchange is called in the same thread.\nStrategies, monitor and log are not in it: the \
stages of the platform have them. By `cargo bench -p di-benches --features\ntrading --bench trading`, in one run: \
on a machine that does other things, only the ratios say something.\n\nCounted by callgrind, which repeats (`count \
trading_services orders` and so on, for that benchmark), a trade is 4,091 instructions\nidle and 43,816 with an order; \
for `barter` it is 3,992 and 44,210.";

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
        "aim",
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
            limits.aim().to_string(),
            limits.instructions.to_string(),
            timed(|pair| format!("{:.1}", pair.ours)),
            timed(|pair| format!("{:.1}", pair.by_hand)),
            timed(|pair| format!("{:.2}", pair.ratio())),
            limits.time.to_string(),
            verdict(holds, counted.ratio() <= limits.aim()).to_owned(),
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

/// The path of a trade, ours and that of `barter`, in nanoseconds.
pub(crate) fn trading(results: &Results) -> Table {
    let engines: BTreeSet<&String> = results.trading.values().flat_map(BTreeMap::keys).collect();
    let mut table = markdown(["a trade through", "idle", "with an order per trade"]);
    for engine in engines {
        let cell = |what: &str| results.trading.get(what).and_then(|of_one| of_one.get(engine));
        let columns = ["trading_idle", "trading_order_per_trade"];
        let mut row = vec![engine.replace('_', " ")];
        row.extend(columns.map(|what| cell(what).map_or_else(String::new, |time| format!("{time:.0} ns"))));
        table.add_row(row);
    }
    table
}

/// What a row says of its ratio.
pub(crate) fn verdict(holds: bool, reaches_the_aim: bool) -> &'static str {
    match (holds, reaches_the_aim) {
        (false, _) => "BROKEN",
        (true, false) => "ok, aim missed",
        (true, true) => "ok",
    }
}

/// What starting a hundred async services costs where waiting costs nothing.
pub(crate) fn start(results: &Results) -> String {
    let mut text = String::new();
    let of = [("building", results.async_start_ns), ("`Application::start` of", results.application_start_ns)];
    for (what, nanoseconds) in of.into_iter().filter_map(|(what, time)| Some((what, time?))) {
        let each = nanoseconds / 100.0;
        let _ = writeln!(text, "On paused time, {what} a hundred async services costs {each:.0} ns per service.");
    }
    text
}

/// Writes `docs/performance.md`, and takes over what `compile_time` and `first_use` wrote last.
pub(crate) fn write_docs(targets: &Targets, results: &Results) -> Result<PathBuf, Error> {
    let path = cargo::workspace().join("docs/performance.md");
    let mut text = format!(
        "# Performance\n\n\
         Written by `cargo run -p di-benches --bin gate -- --write-docs`; do not edit. Measured at {}.\n\n\
         Limits are ratios to the same thing written by hand, in the same run (`benches/targets.toml`). Instructions \
         are counted by callgrind\nand repeatable; times are medians on a noisy machine, and only there to catch what \
         instructions do not show. A limit that is\nlooser than its aim stands where we are: \"ok, aim missed\" means \
         no worse than before.\n\n{}\n\n{}",
        results.commit,
        table(targets, results),
        start(results)
    );
    if !results.peers.is_empty() {
        let _ = writeln!(text, "\n## The peers, side by side\n\n{}\n{PEERS}", peers(results));
    }
    if !results.trading.is_empty() {
        let _ = writeln!(text, "\n## The path of a trade beside `barter`\n\n{}\n{TRADING}", trading(results));
    }
    if !results.buses.is_empty() {
        let _ = writeln!(text, "\n{}", buses::section(targets, &results.buses));
    }
    if let Some(counted) = &results.platform {
        let _ = writeln!(text, "\n{}", platform::section(targets, counted));
    }
    for other in ["results/compile_time.md", "results/first_use.md"] {
        if let Ok(section) = fs::read_to_string(cargo::workspace().join(other)) {
            let _ = writeln!(text, "\n{}", section.trim_end());
        }
    }
    fs::write(&path, text).map_err(|source| Error::File { path: path.clone(), source })?;
    Ok(path)
}

/// An empty table.
pub(crate) fn markdown<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    table
}
