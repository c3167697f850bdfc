//! The fate of each message of the recordings that are here: the table of `docs/venues.md`, line by line.
//!
//! `UPDATE_COUNTERS=1` writes it.

use std::path::Path;

use serde_json::Value;

use crate::common;

/// Between these the table is.
const BEGIN: &str = "<!-- counters of the recordings: written by tests/platform/counters.rs -->\n";
const END: &str = "<!-- end of the counters -->\n";

/// A recording as the platform reads it: a receive time in nanoseconds, a space, and the message.
struct Recording {
    name: &'static str,
    lines: String,
}

/// The lines of a file of cryptofeed: what was received has its time in seconds before it.
fn cryptofeed(name: &'static str, venue: &str) -> Option<Recording> {
    let text = std::fs::read_to_string(common::data(name)?).unwrap();
    let mut lines = header(venue);
    for line in text.lines() {
        let Some((time, message)) = line.split_once(": ") else { continue };
        let Some((seconds, fraction)) = time.split_once('.') else { continue };
        // Others say what was sent, or to what address somebody has connected.
        if let (Ok(seconds), true) = (seconds.parse::<u64>(), fraction.bytes().all(|byte| byte.is_ascii_digit())) {
            lines.push_str(&format!("{seconds}{fraction:0<9} {message}\n"));
        }
    }
    Some(Recording { name, lines })
}

/// Frames without receive times: a tenth of a second apart from when they were recorded.
fn frames(name: &'static str, venue: &str, snapshot: Option<&str>) -> Option<Recording> {
    let text = std::fs::read_to_string(common::data(name)?).unwrap();
    let mut messages: Vec<_> = text.lines().map(str::to_owned).collect();
    if let Some(snapshot) = snapshot {
        messages.insert(1, std::fs::read_to_string(common::data(snapshot)?).unwrap().trim().to_owned());
    }
    let mut lines = header(venue);
    for (index, message) in (0_u64..).zip(messages) {
        lines.push_str(&format!("{} {message}\n", 1_787_612_486_435_000_000 + index * 100_000_000));
    }
    Some(Recording { name, lines })
}

fn header(venue: &str) -> String {
    format!(r#"{{"recording":1,"venue":"{venue}","symbols":[],"topics":[]}}"#) + "\n"
}

/// What a replay counts, or why there is none.
fn replayed(file: &Path) -> Result<Value, String> {
    let directory = tempfile::tempdir().unwrap();
    let summary = directory.path().join("summary.json");
    let arguments = ["--replay", file.to_str().unwrap(), "--summary", summary.to_str().unwrap()];
    let (code, _, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert!(!stderr.contains("panicked"), "{stderr}");
    if code == 0 {
        return Ok(serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap());
    }
    let error = stderr.lines().rfind(|line| line.contains("expected")).unwrap_or(&stderr);
    // Without how long it took.
    let (_, error) = error.split_once(file.to_str().unwrap()).unwrap_or(("", error));
    Err(error.split(" (after ").next().unwrap().trim_start_matches(':').to_owned())
}

/// The row of a recording.
fn row(name: &str, counted: &Result<Value, String>) -> String {
    let summary = match counted {
        Ok(summary) => summary,
        Err(error) => return format!("| {name} | not replayed: line {error} | | | | | |\n"),
    };
    let figure = |key: &str| summary[key].as_u64().unwrap();
    let refused = summary["not_taken"].as_object().unwrap();
    let count: u64 = refused.values().filter_map(Value::as_u64).sum();
    let kinds = ["book_tickers", "trades", "diffs", "snapshots"].map(|kind| (kind.to_owned(), figure(kind)));
    let named = |counts: Vec<(String, u64)>| {
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(name, count)| format!("{count} {}", name.replace('_', " "))).collect();
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    };
    let known = named(kinds.into());
    let reasons = named(refused.iter().map(|(reason, count)| (reason.clone(), count.as_u64().unwrap())).collect());
    let (events, gaps, jumps) = (figure("events"), figure("gaps"), figure("time_jumps"));
    let tops = format!("{} of {}", figure("book_top_mismatches"), figure("book_top_checks"));
    assert!(count <= events, "{name}: {summary}");
    format!("| {name} | {events} | {known} | {reasons} | {gaps} | {tops} | {jumps} |\n")
}

#[test]
fn the_counters_of_each_recording_are_those_of_the_docs() {
    let directory = tempfile::tempdir().unwrap();
    let (depth, snapshot) = ("frames/tickvault/binance_us_depth.jsonl", "frames/tickvault/binance_us_snapshot.json");
    let Some(recordings) = [
        frames(depth, "binance", Some(snapshot)),
        frames("frames/tickvault/bybit_orderbook.jsonl", "bybit", None),
        cryptofeed("recordings/bybit-v2/BYBIT.ws.25.0", "bybit"),
        cryptofeed("recordings/bybit-v2/BYBIT.ws.26.0", "bybit"),
        cryptofeed("recordings/okx/OKX.ws.1.0", "okx"),
    ]
    .into_iter()
    .collect::<Option<Vec<_>>>() else {
        return;
    };
    let mut table = String::from(
        "| recording | messages | of them | not taken | gaps | tops that differ | receive times held back |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for name in [common::RECORDING, "recordings/barter/binance_spot_market_data_with_disconnect_events.json"] {
        let Some(path) = common::data(name) else { return };
        table.push_str(&row(name, &replayed(&path)));
    }
    for Recording { name, lines } in recordings {
        let file = directory.path().join("play.rec");
        std::fs::write(&file, &lines).unwrap();
        table.push_str(&row(name, &replayed(&file)));
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/venues.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_COUNTERS").is_some() {
        std::fs::write(&page, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(found, table, "write docs/venues.md with UPDATE_COUNTERS=1");
    }
}
