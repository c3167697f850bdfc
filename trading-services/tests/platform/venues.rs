//! The rate limit and the retries around a venue, in the platform.

use serde_json::Value;

use crate::common::{self, fails};

fn simulate(config: &str, events: &str) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let (file, summary) = (directory.path().join("c.toml"), directory.path().join("summary.json"));
    std::fs::write(&file, config).unwrap();
    let (file, out) = (file.to_str().unwrap(), summary.to_str().unwrap());
    let arguments = ["--config", file, "--summary", out, "--events", events, "--speed", "max"];
    let (code, _, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_slice(&std::fs::read(&summary).unwrap()).unwrap()
}

#[test]
fn a_venue_that_fails_every_second_request_gives_the_same_log() {
    let calm = simulate("[simulation]\ngap_every = 50\n", "10000");
    let moody = simulate("[simulation]\ngap_every = 50\nfail_every = 2\n", "10000");
    assert!(calm["resyncs"].as_u64() > Some(20));
    assert_eq!(calm["log_sha256"], moody["log_sha256"]);
}

#[test]
fn a_gap_that_the_rate_limit_forbids_to_heal_at_once_is_healed_later() {
    // A gap every third depth message, at 1000 messages per second: far more than one book per second can heal.
    let settings = "[exchange]\nrequests_per_second = 1\n[simulation]\ngap_every = 3\nevents_per_second = 1000\n";
    let summary = simulate(settings, "20000");
    let figure = |key: &str| summary[key].as_u64().unwrap();
    // 20 seconds, one request each, the first of which opened the stream.
    assert!((15..=20).contains(&figure("resyncs")), "{}", summary["resyncs"]);
    assert!(figure("gaps") >= figure("resyncs"));
    assert_eq!((figure("book_top_mismatches"), figure("crossed_books")), (0, 0));
}

#[test]
fn a_limit_that_makes_no_sense_names_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    std::fs::write(&file, "[exchange]\nrequests_per_second = 0\nattempts = 21\n").unwrap();
    let error = fails(&["config", "check", "--config", file.to_str().unwrap()]);
    for part in ["c.toml:2: ", "expected 1 to 1000, found 0", "c.toml:3: ", "expected 1 to 20, found 21"] {
        assert!(error.contains(part), "expected `{part}` in: {error}");
    }
}
