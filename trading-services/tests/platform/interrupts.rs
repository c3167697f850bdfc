//! Signals that end the platform: during the start, during the run, and twice in a row.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use crate::process::Running;

fn write(directory: &Path, name: &str, content: &str) -> String {
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_signal_during_the_start_cancels_it_and_says_where_it_was() {
    for name in ["-INT", "-TERM"] {
        let directory = tempfile::tempdir().unwrap();
        // A pipe that nobody writes to: who opens it waits for ever.
        let pipe = directory.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut platform = Running::start(&["--replay", pipe.to_str().unwrap(), "--verbose"]);
        // All that do not need the recording, so that it alone is waited for.
        let others = [
            "SimulatedExchange",
            "HttpServer",
            "HealthTopics",
            "AlertManager",
            "HealthAlerts",
            "BacktestJobs",
            "ReportJobs",
            "LiveFeed",
            "HealthHistory",
            "ConfigHistory",
            "MarketMonitor",
            "LiveExchange<bybit::Contracts>",
            "LiveExchange<bybit::Spot>",
            "LiveExchange<bybit::Options>",
            "LiveExchange<binance::Spot>",
            "LiveExchange<binance::UsdM>",
        ];
        for started in others {
            platform.wait_for_error(&format!("started service=\"{started}\""));
        }
        platform.signal(name);
        let (code, stdout, stderr) = platform.end();
        assert_eq!(code, 1, "{stderr}");
        let expected = format!("the start was cancelled while `ReplayExchange` was starting: signal SIG{}", &name[1..]);
        assert!(stderr.contains(&expected), "{stderr}");
        assert!(stderr.contains("stopped service=\"SimulatedExchange\""), "rolled back: {stderr}");
        assert!(!stdout.contains("summary of"), "nothing was read: {stdout}");
    }
}

#[test]
fn a_signal_during_a_replay_ends_it_with_a_summary_of_what_was_read() {
    let directory = tempfile::tempdir().unwrap();
    let line = |second: u64| {
        let second = 1_723_161_254 + second;
        let trade = format!(
            r#"{{"e":"trade","E":{second}343,"s":"BTCUSDT","t":{second},"p":"61837.63","q":"0.02","T":{second}342,"m":true}}"#
        );
        format!("{second}000000000 {trade}\n")
    };
    // The second message is due in an hour.
    let file = write(directory.path(), "slow.txt", &(line(0) + &line(3_600)));
    for name in ["-INT", "-TERM"] {
        let mut platform = Running::start(&["--replay", &file, "--speed", "1x"]);
        platform.wait_for_output("at 61837.63");
        platform.signal(name);
        let (code, stdout, stderr) = platform.end();
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains("summary of replay: stop requested"), "{stdout}");
        assert!(stdout.contains("events      1 "), "{stdout}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once_and_names_who_still_ran() {
    let directory = tempfile::tempdir().unwrap();
    // It accepts connections and never answers: an alert is under way when the first signal comes.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let config = format!("[monitor]\nlarge_trade = \"1\"\n[alerts.webhook]\nurl = \"{url}\"\ntimeout = \"1h\"\n");
    let mut platform = Running::start(&["--config", &write(directory.path(), "hangs.toml", &config)]);
    platform.wait_for_error("large");
    platform.signal("-INT");
    platform.wait_for_error("a second signal exits at once");
    platform.signal("-INT");
    let (code, _, stderr) = platform.end();
    assert_eq!(code, 130, "{stderr}");
    let last = stderr.lines().find(|line| line.contains("exiting at once; still running")).unwrap_or_default();
    assert!(last.contains("SIGINT again") && last.contains("AlertManager"), "{stderr}");
}

#[test]
fn a_signal_ends_a_simulation_that_runs_as_fast_as_it_can() {
    let mut platform = Running::start(&["--speed", "max"]);
    // The line that says where the page is has scrolled away by then.
    platform.wait_for_output("; page http://127.0.0.1:");
    platform.signal("-INT");
    let (code, stdout, stderr) = platform.end();
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("summary of simulated: stop requested"), "{stdout}");
}

#[test]
fn who_does_not_read_the_output_holds_no_message_up() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("events.log");
    // Its lines are more than a pipe takes, which is 64 KiB.
    let mut command = common::binary(&["--events", "5000", "--speed", "1000x", "--log", log.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    // The log has its name when the last message is done with.
    while !log.exists() && began.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let is_done = log.exists();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success() && is_done);
    assert!(said.len() > 1 << 16, "it would have been held up: {} bytes", said.len());
    assert!(said.contains("  log_sha256  "), "the summary comes last: {said}");
}
