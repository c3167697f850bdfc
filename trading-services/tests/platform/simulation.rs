//! The simulated platform: it runs by itself, repeats itself, and stops when told to.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common;

fn simulate(arguments: &[&str]) -> Value {
    simulate_until(arguments, 0)
}

fn simulate_until(arguments: &[&str], expected: i32) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let summary = directory.path().join("summary.json");
    let mut command = common::binary(&["--summary", summary.to_str().unwrap()]);
    let (code, _, stderr) = common::said(&command.args(arguments).output().unwrap());
    assert_eq!(code, expected, "{stderr}");
    serde_json::from_slice(&std::fs::read(&summary).unwrap()).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_log_and_another_seed_another() {
    let run = |seed| simulate(&["--seed", seed, "--events", "5000", "--speed", "max"]);
    let (first, second, other) = (run("7"), run("7"), run("8"));
    assert_eq!(first["log_sha256"], second["log_sha256"]);
    assert_ne!(first["log_sha256"], other["log_sha256"]);
    assert_eq!(first["events"], 5_000);
}

#[test]
fn the_same_seed_gives_the_same_log_at_another_speed() {
    let run = |speed| simulate(&["--events", "2000", "--speed", speed]);
    assert_eq!(run("max")["log_sha256"], run("100x")["log_sha256"]);
}

#[test]
fn a_seed_gives_this_very_log_in_every_version() {
    // When this changes, recorded hashes of users are worth nothing any more: do so on purpose only.
    let summary = simulate(&["--seed", "42", "--events", "1000", "--speed", "max"]);
    assert_eq!(summary["log_sha256"], EXPECTED_LOG);
}

const EXPECTED_LOG: &str = "bce71192beef1e85d4487985e08a5836ba5ee5d6a7af00570aecddcd67e73d81";

#[test]
fn the_simulated_books_agree_with_the_simulated_venue() {
    let summary = simulate(&["--events", "20000", "--speed", "max"]);
    assert!(summary["book_top_checks"].as_u64() > Some(0));
    for key in ["gaps", "book_top_mismatches", "crossed_books", "rejected", "late_trades"] {
        assert_eq!(summary[key], 0, "{key}");
    }
}

#[test]
fn every_gap_is_noticed_and_healed() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("gaps.toml");
    std::fs::write(&config, "[simulation]\ngap_every = 50\n").unwrap();
    let summary = simulate(&["--config", config.to_str().unwrap(), "--events", "20000", "--speed", "max"]);
    assert!(summary["gaps"].as_u64() > Some(50));
    assert_eq!(summary["gaps"], summary["resyncs"]);
    assert_eq!(summary["book_top_mismatches"], 0);
}

#[test]
fn the_first_line_comes_within_a_second_and_the_run_ends_after_its_time() {
    let started = Instant::now();
    let mut child = common::binary(&["--for", "2s"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(started.elapsed() < Duration::from_secs(1), "first output after {:?}", started.elapsed());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(rest.contains("summary of simulated: duration reached"), "{rest}");
    assert!(rest.contains(" at "), "live lines: {rest}");
}

#[cfg(unix)]
#[test]
fn who_stops_reading_the_output_ends_the_run_without_a_failure() {
    let mut child = common::binary(&[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_first_interrupt_stops_cleanly_with_a_summary() {
    let child = common::binary(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let (code, stdout, stderr) = common::said(&child.wait_with_output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("summary of simulated: stop requested"), "{stdout}");
}

#[cfg(unix)]
#[test]
fn a_hangup_without_a_configuration_file_ends_nothing() {
    let child = common::binary(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for name in ["-HUP", "-HUP", "-INT"] {
        std::thread::sleep(Duration::from_millis(1_000));
        let sent = std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
    let (code, stdout, stderr) = common::said(&child.wait_with_output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("summary of simulated: stop requested"), "{stdout}");
    assert_eq!(stderr.matches("nothing to reload: the platform was started without `--config`").count(), 2, "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_hangup_reads_the_configuration_anew_and_keeps_the_old_one_when_it_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    std::fs::write(&file, "").unwrap();
    let mut command = common::binary(&["--config", file.to_str().unwrap()]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let signal = |name: &str| {
        std::thread::sleep(Duration::from_millis(1_000));
        let sent = std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    };
    signal("-HUP");
    std::thread::sleep(Duration::from_millis(500));
    std::fs::write(&file, "\n[exchange]\nattempts = 0\n").unwrap();
    signal("-HUP");
    signal("-INT");
    let (code, _, stderr) = common::said(&child.wait_with_output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    for part in [
        "settings reloaded: nothing has changed",
        "settings kept as they were",
        "c.toml:3: ",
        "expected 1 to 20, found 0",
    ] {
        assert!(stderr.contains(part), "expected `{part}` in: {stderr}");
    }
}

#[test]
fn the_written_event_log_has_the_hash_of_the_summary() {
    use sha2::{Digest, Sha256};
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("events.log");
    let summary = simulate(&["--events", "500", "--speed", "max", "--log", log.to_str().unwrap()]);
    let digest = Sha256::digest(std::fs::read(&log).unwrap());
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(summary["log_sha256"], hash);
}

#[test]
fn every_alert_is_delivered_before_the_run_ends() {
    let directory = tempfile::tempdir().unwrap();
    let (config, alerts) = (directory.path().join("alerts.toml"), directory.path().join("alerts.jsonl"));
    std::fs::write(&config, format!("[alerts.file]\npath = {alerts:?}\n")).unwrap();
    let summary = simulate(&["--config", config.to_str().unwrap(), "--events", "20000", "--speed", "max"]);
    let delivered = std::fs::read_to_string(&alerts).unwrap().lines().count();
    assert!(delivered > 5);
    assert_eq!(summary["alerts"], delivered);
    assert_eq!(summary["alerts_undelivered"], 0);
}

#[test]
fn a_webhook_that_is_down_holds_up_neither_the_run_nor_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let (config, alerts) = (directory.path().join("alerts.toml"), directory.path().join("alerts.jsonl"));
    // Nobody listens on the discard port.
    let webhook = "url = \"http://127.0.0.1:9/\"\nattempts = 2\nbase_delay = \"1ms\"\n";
    std::fs::write(&config, format!("[alerts.file]\npath = {alerts:?}\n[alerts.webhook]\n{webhook}")).unwrap();
    let summary = simulate_until(&["--config", config.to_str().unwrap(), "--events", "5000", "--speed", "max"], 3);
    let delivered = std::fs::read_to_string(&alerts).unwrap().lines().count();
    assert_eq!(summary["alerts"], delivered);
    assert_eq!(summary["alerts_undelivered"], delivered, "all of the webhook's");
}
