//! The binary against doubles that send recorded bytes: live runs, failover, recordings.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use trading_services::model::Timestamp;
use trading_services::venues::{Inspection, MessageReader};

use crate::day::Day;
use crate::server::{Bodies, Streams};
use crate::truths::read;

/// The addresses of REST, Bybit and Binance where nobody answers.
const NOBODY: [&str; 3] = ["http://127.0.0.1:1", "ws://127.0.0.1:1", "ws://127.0.0.1:1"];

/// What a run and its replay have to agree on.
const AGREED: [&str; 10] = [
    "log_sha256",
    "log_lines",
    "events",
    "snapshots",
    "diffs",
    "gaps",
    "resyncs",
    "rejected",
    "candles",
    "candles_told",
];

/// The binary, with the venues on loopback and nothing of the caller's environment that would configure it.
fn binary(rest: &str, bybit: &str, binance: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trading-services"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TRADING_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").env("TRADING_HTTP__ADDRESS", "127.0.0.1:0");
    for (name, value) in [
        ("BYBIT__REST", rest),
        ("BYBIT__STREAM", bybit),
        ("BINANCE__REST", rest),
        ("BINANCE__STREAM", binance),
        ("FIRST_PAUSE", "5ms"),
        ("LONGEST_PAUSE", "50ms"),
        ("CANDLES", "0"),
    ] {
        command.env(format!("TRADING_LIVE__{name}"), value);
    }
    command.kill_on_drop(true);
    command
}

/// The binary as it records one symbol of a venue into that file.
fn recorder([rest, bybit, binance]: [&str; 3], venue: &str, out: &Path) -> Command {
    let mut command = binary(rest, bybit, binance);
    command.args(["record", "--exchange", venue, "--symbol", "BTCUSDT", "--out"]).arg(out);
    command
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn summary(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a_recording_replayed_gives_the_books_and_the_log_of_the_run_that_made_it() {
    let Some(frames) = read("frames/tickvault/bybit_orderbook.jsonl") else { return };
    let bybit = Streams::start(move |mut peer| {
        let frames = frames.clone();
        async move {
            peer.hear().await;
            // Nobody understands it; its line end would be one of the recording.
            peer.say("{\"topic\":\"publicTrade.BTCUSDT\",\n\"data\":0}").await;
            // The first connection is cut in the middle: the recording has that, too. Notes of connections and books that
            // are none any more are 4 events, what is sent are 17.
            for frame in frames.lines().take(if peer.index == 0 { 5 } else { 20 }) {
                peer.say(frame).await;
            }
            if peer.index > 0 {
                peer.stay().await;
            }
        }
    })
    .await;
    check_recording("bybit-spot", "http://127.0.0.1:1", &bybit.address, "ws://127.0.0.1:1", "21").await;

    let diffs = read("frames/tickvault/binance_us_depth.jsonl").unwrap();
    let snapshot = read("frames/tickvault/binance_us_snapshot.json").unwrap();
    let binance = Streams::of_binance(diffs, Duration::from_millis(2)).await;
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), snapshot.clone())).await;
    // The note of the connection, the answer, 25 changes; the snapshot is among them.
    check_recording("binance", &bodies.address, "ws://127.0.0.1:1", &binance.address, "28").await;
}

#[tokio::test]
async fn what_is_recorded_is_one_live_venue() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run.gz");
    for name in ["simulated", "replay", "kraken", "bybit,binance", "bybit-linear", ""] {
        let run = recorder(NOBODY, name, &out).args(["--for", "1s"]).output().await.unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains("binance, binance-futures, bybit, bybit-spot, bybit-options"), "{name}: {said}");
        assert!(!out.exists(), "{name}");
    }
}

#[tokio::test]
async fn a_recording_without_a_message_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.gz");
    let output = recorder(NOBODY, "bybit-spot", &file).args(["--for", "1s"]).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no message came from the venue, and none is in it"), "{said}");
}

#[tokio::test]
async fn a_run_whose_recording_cannot_have_its_name_fails() {
    let Some(frames) = read("frames/tickvault/bybit_orderbook.jsonl") else { return };
    let bybit = Streams::start(move |mut peer| {
        let frames = frames.clone();
        async move {
            peer.hear().await;
            for frame in frames.lines().take(20) {
                peer.say(frame).await;
            }
            peer.stay().await;
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    std::fs::create_dir(&gone).unwrap();
    let out = gone.join("run.gz");
    let [rest, _, binance] = NOBODY;
    let run = recorder([rest, &bybit.address, binance], "bybit-spot", &out)
        .args(["--for", "2s"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while std::fs::read_dir(&gone).unwrap().count() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    std::fs::remove_dir_all(&gone).unwrap();
    let output = run.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("run.gz: expected to write a recording"), "{said}");
}

async fn check_recording(venue: &str, rest: &str, bybit: &str, binance: &str, events: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (file, live, replayed) =
        (folder.path().join("run.gz"), folder.path().join("live.json"), folder.path().join("replayed.json"));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let recorded = recorder([rest, bybit, binance], venue, &file)
        .args(["--events", events, "--for", "60s", "--summary", &text(&live)])
        .output()
        .await
        .unwrap();
    succeeded(&recorded);
    // Where it is, is no part of what it says.
    let moved = folder.path().join("elsewhere.gz");
    std::fs::rename(&file, &moved).unwrap();
    let played = binary(rest, bybit, binance)
        .args(["--replay", &text(&moved), "--symbol", "BTCUSDT", "--events", events, "--summary", &text(&replayed)])
        .output()
        .await
        .unwrap();
    succeeded(&played);
    let (live, replayed) = (summary(&live), summary(&replayed));
    assert_eq!(live["stopped"], "event-limit", "{live}");
    for key in AGREED {
        assert_eq!(live[key], replayed[key], "{venue}: {key}");
    }
    assert!(live["snapshots"].as_u64() > Some(0) && live["diffs"].as_u64() > Some(0), "{live}");
}

#[tokio::test]
async fn a_run_that_ends_by_time_has_taken_all_that_its_recording_has() {
    // It never waits, and a message says several things: the end comes between two of them.
    let bybit = Streams::start(|mut peer| async move {
        peer.hear().await;
        for number in 0.. {
            let trade = |turn: u64| {
                let (id, time) = (number * 3 + turn, 1_672_304_486_865 + number);
                format!(
                    r#"{{"T":{time},"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"{id}"}}"#
                )
            };
            let data = [trade(0), trade(1), trade(2)].join(",");
            let topic = r#""topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868"#;
            peer.say(&format!(r#"{{{topic},"data":[{data}]}}"#)).await;
            if peer.is_gone {
                return;
            }
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [rest, nobody, binance] = NOBODY;
    let (file, live, replayed) = (path("run.gz"), path("live.json"), path("replayed.json"));
    let mut record = recorder([rest, &bybit.address, binance], "bybit-spot", file.as_ref());
    succeeded(&record.args(["--for", "1s", "--summary", &live]).output().await.unwrap());
    let mut replay = binary(rest, nobody, binance);
    replay.args(["--replay", &file, "--symbol", "BTCUSDT", "--summary", &replayed]);
    succeeded(&replay.output().await.unwrap());
    let (live, replayed) = (summary(live.as_ref()), summary(replayed.as_ref()));
    assert_eq!((live["stopped"].as_str(), replayed["stopped"].as_str()), (Some("duration"), Some("end-of-stream")));
    assert!(live["events"].as_u64() > Some(256), "{live}");
    for key in AGREED {
        assert_eq!(live[key], replayed[key], "{key}");
    }
}

#[tokio::test]
async fn each_file_of_pairs_is_inspected_and_replayed_as_its_messages_are_read() {
    let address = "ws://127.0.0.1:1";
    for venue in ["binance", "binance-futures", "bybit", "bybit-spot", "bybit-options"] {
        let Some(pairs) = read(&format!("pairs/{venue}.jsonl")) else { return };
        let messages: Vec<String> =
            pairs.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["message"].to_string()).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let recorded: String = messages.iter().map(|message| format!("1770000000000000000 {message}\n")).collect();
        std::fs::write(path("pairs.txt"), recorded).unwrap();

        let inspected = binary("http://127.0.0.1:1", address, address)
            .args(["inspect", "--venue", venue, &path("pairs.txt")])
            .output()
            .await
            .unwrap();
        succeeded(&inspected);
        let told: Vec<Value> = String::from_utf8(inspected.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut inspection = Inspection::of(venue, None).unwrap();
        let expected: Vec<Value> = messages.iter().flat_map(|message| inspection.line(message)).collect();
        assert!(expected.len() >= messages.len());
        assert_eq!(told, expected, "{venue}");

        let replayed = binary("http://127.0.0.1:1", address, address)
            .args(["--replay", &path("pairs.txt"), "--venue", venue, "--summary", &path("summary.json")])
            .output()
            .await
            .unwrap();
        succeeded(&replayed);
        let (mut reader, mut events) = (MessageReader::of(venue).unwrap(), 0);
        for message in &messages {
            reader
                .read(Timestamp::from_nanos(1_770_000_000_000_000_000), message, format_args!("here"), |_| events += 1);
        }
        let summary = summary(path("summary.json").as_ref());
        assert_eq!((&summary["events"], &summary["stopped"]), (&events.into(), &"end-of-stream".into()), "{venue}");
    }
}

#[tokio::test]
async fn candles_of_before_are_in_the_recording_and_in_the_replay() {
    let day = Day::new(0, 400);
    let (streams, bodies) = (day.binance_streams(false).await, day.bodies().await);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // The note of the connection and that trades begin, the answer, what is sent, the rules, and five answers with candles.
    let events = (3 + day.messages() + 1 + 5).to_string();
    let [_, bybit, _] = NOBODY;
    let recorded = recorder([&bodies.address, bybit, &streams.address], "binance", path("run.gz").as_ref())
        .env("TRADING_LIVE__CANDLES", "1000")
        .args(["--events", &events, "--for", "60s", "--summary", &path("live.json"), "--log", &path("live.log")])
        .output()
        .await
        .unwrap();
    succeeded(&recorded);
    let played = binary("http://127.0.0.1:1", "ws://127.0.0.1:1", "ws://127.0.0.1:1")
        .args(["--replay", &path("run.gz"), "--symbol", "BTCUSDT", "--events", &events])
        .args(["--summary", &path("replayed.json"), "--log", &path("replayed.log")])
        .output()
        .await
        .unwrap();
    succeeded(&played);
    let of = |name: &str| summary(Path::new(&path(name)));
    let (live, replayed) = (of("live.json"), of("replayed.json"));
    assert_eq!(live["stopped"], "event-limit", "{live}");
    for key in AGREED {
        assert_eq!(live[key], replayed[key], "{key}");
    }
    assert!(live["candles_told"].as_u64() > Some(300), "{live}");
    let log = std::fs::read_to_string(path("live.log")).unwrap();
    assert_eq!(log, std::fs::read_to_string(path("replayed.log")).unwrap());
    assert!(log.contains(" history binance:BTCUSDT 5m "), "{log}");
}

#[tokio::test]
async fn a_venue_that_dies_is_replaced_while_the_platform_runs_and_taken_back_when_it_is_well() {
    let Some(frames) = read("frames/tickvault/bybit_orderbook.jsonl") else { return };
    let frame = frames.lines().nth(1).unwrap().to_owned();
    let turn = Arc::new(AtomicUsize::new(0));
    let of_binance = Arc::clone(&turn);
    let bybit = Streams::start(move |mut peer| {
        let (frame, turn) = (frame.clone(), Arc::clone(&turn));
        async move {
            peer.hear().await;
            peer.say(r#"{"success":true,"ret_msg":"subscribe","conn_id":"1","op":"subscribe"}"#).await;
            if peer.index > 0 && turn.load(Ordering::SeqCst) == 0 {
                // It lets us in and says nothing.
                return peer.stay().await;
            }
            for _ in 0..if peer.index == 0 { 5 } else { 10_000 } {
                peer.say(&frame).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
    .await;
    let binance = Streams::start(move |mut peer| {
        let turn = Arc::clone(&of_binance);
        async move {
            peer.hear().await;
            peer.say(r#"{"result":null,"id":1}"#).await;
            turn.store(1, Ordering::SeqCst);
            for number in 0..10_000 {
                let trade = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":NUMBER,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#;
                peer.say(&trade.replace("NUMBER", &number.to_string())).await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.txt");
    let played = binary("http://127.0.0.1:1", &bybit.address, &binance.address)
        .env("TRADING_EXCHANGE__HEARTBEAT_TIMEOUT", "300ms")
        .env("TRADING_LIVE__SILENT_AFTER", "200ms")
        .args(["--exchange", "bybit-spot,binance", "--symbol", "BTCUSDT", "--for", "8s", "--store", "none"])
        .args(["--log", log.to_str().unwrap()])
        .output()
        .await
        .unwrap();
    succeeded(&played);
    let log = std::fs::read_to_string(&log).unwrap();
    let venues: Vec<&str> = log
        .lines()
        .filter_map(|line| {
            let is_news = line.contains(" trade ") || line.contains(" top ");
            ["bybit-spot", "binance"].into_iter().find(|venue| is_news && line.contains(&format!(" {venue}:")))
        })
        .collect();
    let mut order = venues.clone();
    order.dedup();
    assert!(order.starts_with(&["bybit-spot", "binance", "bybit-spot"]), "{order:?} of {log}");
}

#[tokio::test]
async fn what_cannot_run_live_says_what_is_missing() {
    let run = |arguments: &'static [&'static str]| async move {
        let address = "ws://127.0.0.1:1";
        let mut command = binary("http://127.0.0.1:1", address, address);
        let output = command.env("XDG_STATE_HOME", "/nowhere").args(arguments).output().await.unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let error = run(&["--exchange", "bybit", "--for", "1s"]).await;
    assert!(error.contains("`bybit` is not configured: expected a value for `exchange.symbols`"), "{error}");
    let error = run(&["--exchange", "mtgox", "--symbol", "BTCUSDT", "--for", "1s"]).await;
    assert!(error.contains("unknown exchange `mtgox`: expected one of simulated, replay, binance,"), "{error}");
    let error = run(&["--replay", "x.gz", "--venue", "mtgox"]).await;
    assert!(error.contains("one of binance, binance-futures, bybit, bybit-spot, bybit-options"), "{error}");
    let error = run(&["inspect", "--venue", "mtgox", "x.jsonl"]).await;
    assert!(error.contains("unknown venue `mtgox`: expected one of binance,"), "{error}");
}
