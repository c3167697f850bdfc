//! Replays of a real recording, against the figures that are known of it, at any speed.

use serde_json::Value;

use crate::common;

/// The event log of the recording at the settings that are given.
const LOG: &str = "fbb464c1218189a9c71125a5ccd8a833e84fd5d31935513fe4482f9917453d20";

fn replay(arguments: &[&str]) -> Option<Value> {
    let recording = common::data(common::RECORDING)?;
    let directory = tempfile::tempdir().unwrap();
    let summary = directory.path().join("summary.json");
    let mut command =
        common::binary(&["--replay", recording.to_str().unwrap(), "--summary", summary.to_str().unwrap()]);
    let (code, _, stderr) = common::said(&command.args(arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    Some(serde_json::from_slice(&std::fs::read(&summary).unwrap()).unwrap())
}

#[test]
fn a_real_recording_has_no_gap_no_mismatch_and_is_never_crossed() {
    let Some(summary) = replay(&["--speed", "max"]) else {
        return;
    };
    let figure = |key: &str| summary[key].as_u64().unwrap();
    let expected = [
        ("events", 41_249),
        ("book_tickers", 28_040),
        ("trades", 9_757),
        ("diffs", 3_451),
        ("snapshots", 1),
        ("gaps", 0),
        ("book_top_checks", 564),
        ("book_top_mismatches", 0),
        ("crossed_books", 0),
        ("rejected", 0),
        ("late_trades", 0),
    ];
    for (key, value) in expected {
        assert_eq!(figure(key), value, "{key}");
    }
    assert!(figure("alerts") > 0);
    assert!(summary["latency_ns"]["p99"].as_u64() >= summary["latency_ns"]["p50"].as_u64());
    // Whoever changes what is decided changes it here, and says why.
    assert_eq!(summary["log_sha256"], LOG);
}

#[test]
fn the_same_file_gives_the_same_log_at_two_speeds() {
    // 346 s of events at 200x are under two seconds.
    let (Some(fast), Some(paced)) = (replay(&["--speed", "max"]), replay(&["--speed", "200x"])) else {
        return;
    };
    assert!(paced["wall_ms"].as_u64() > Some(1_500), "it was paced");
    assert_eq!(fast["log_sha256"], paced["log_sha256"]);
    assert_eq!(fast["log_lines"], paced["log_lines"]);
}

#[test]
fn choosing_the_only_symbol_changes_nothing() {
    let (Some(all), Some(chosen)) = (replay(&[]), replay(&["--symbol", "btcusdt"])) else {
        return;
    };
    assert_eq!(all["log_sha256"], chosen["log_sha256"]);
}
