//! The command `alerts`: those that are kept are listed, acknowledged and delivered again.

use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::process::Running;
use crate::store_commands::says;
use crate::{common, store};

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_listed_acknowledged_and_delivered_again() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let config = folder.path().join("alerts.toml");
    let text =
        format!("[alerts.webhook]\nurl = \"http://{nobody}/\"\nattempts = 1\n[monitor]\nlarge_trade = \"1000\"\n");
    std::fs::write(&config, text).unwrap();
    let (state, file) = (folder.path().join("state"), config.to_str().unwrap());
    let run = ["--config", file, "--events", "2000", "--speed", "max", "--store", state.to_str().unwrap()];
    let (code, _, stderr) = common::said(&common::binary(&run).output().unwrap());
    assert_eq!(code, 3, "some alerts are dead: {stderr}");

    let list = |arguments: &[&str]| -> Vec<Value> {
        let mut all = vec!["alerts", "list", "--format", "json"];
        all.extend(arguments);
        serde_json::from_str(&says(&state, &all)).unwrap()
    };
    let all = list(&[]);
    assert!(all.len() > 1 && all[0]["id"].as_u64() > all[1]["id"].as_u64(), "{all:?}");
    let dead = list(&["--dead"]);
    assert_eq!(dead.len(), all.len());
    assert_eq!(dead[0]["deliveries"][0]["channel"], "log");
    assert_eq!(dead[0]["deliveries"][0]["error"], Value::Null);
    assert_eq!(dead[0]["deliveries"][1]["channel"], "webhook");
    assert!(dead[0]["deliveries"][1]["error"].as_str().unwrap().contains("expected the webhook to answer"));

    // The store is not asked once per alert.
    let statements = |most: usize| {
        let (most, state) = (most.to_string(), state.to_str().unwrap());
        let mut command = common::binary(&["alerts", "list", "--limit", &most, "--store", state]);
        let (code, stdout, stderr) = common::said(&command.env("RUST_LOG", "sqlx=debug").output().unwrap());
        assert_eq!(code, 0, "{stderr}");
        (stdout.lines().count(), stderr.matches("FROM deliveries").count())
    };
    let (one, every) = (statements(1), statements(all.len()));
    assert_eq!((one.0, every.0), (1, all.len()));
    assert!(one.1 > 0 && one.1 == every.1, "{one:?} and {every:?}");

    let id = all[0]["id"].to_string();
    assert_eq!(says(&state, &["alerts", "ack", &id, "--by", "ann"]), format!("{id} acknowledged by ann\n"));
    // The first one counts.
    let said = says(&state, &["alerts", "ack", &id, "--by", "bob", "--format", "json"]);
    assert_eq!(said, format!("{{\"acknowledged\":[{id}],\"by\":\"bob\"}}\n"));
    assert_eq!(list(&["--limit", "1"])[0]["acknowledged"]["by"], "ann");
    assert_eq!(list(&["--unseen"]).len(), all.len() - 1);
    let error = common::fails(&["alerts", "ack", "7", "--store", state.to_str().unwrap()]);
    assert!(error.contains("found 7, which `alerts list` does not have"), "{error}");

    // A platform that runs has read who has seen what.
    let running = store::open(&state);
    let error = common::fails(&["alerts", "ack", &id, "--store", state.to_str().unwrap()]);
    for part in [
        "expected a state that nobody else writes, but process ",
        "on its page, or by `POST /api/v1/alerts/ID/acknowledge` with the header `x-csrf-token`",
        "with `http.enabled = false` it has neither",
        "If it is another command, try again when that has ended",
    ] {
        assert!(error.contains(part), "expected `{part}` in: {error}");
    }
    drop(running);

    // Still nobody answers; then somebody does.
    let again = ["alerts", "resend", "--config", file, "--store", state.to_str().unwrap()];
    assert!(common::fails(&again).contains("expected the webhook to answer"));
    let server = TcpListener::bind(nobody).unwrap();
    // One that wants to be asked in a quarter of an hour is asked once, and nobody waits for it.
    let busy = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, mut bytes) = (server.accept().unwrap().0, [0; 4096]);
        let _ = stream.read(&mut bytes).unwrap();
        let head = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 900\r\nConnection: close\r\n\r\n";
        stream.write_all(head).unwrap();
        server
    });
    let error = common::fails(&[&again[..], &["--patience", "1s"]].concat());
    let late = "expected the channel to deliver within 1s: its receiver does not want to be asked for another 14m";
    assert_eq!(error.matches(late).count(), all.len() - 1, "all but the one that was refused: {error}");
    let server = busy.join().unwrap();
    let kept = Value::from(list(&["--dead"])).to_string();
    assert!(!kept.contains("deliver within"), "nobody has spoken, and what was said before stays: {kept}");
    let expected = all.len();
    let answers = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let mut posted = Vec::new();
        while posted.len() < expected {
            let (mut stream, _) = server.accept().unwrap();
            let (mut said, mut bytes) = (String::new(), [0; 4096]);
            while !said.contains('}') {
                let read = stream.read(&mut bytes).unwrap();
                assert!(read > 0, "{said}");
                said.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
            let body: Value = serde_json::from_str(&said[said.find('{').unwrap()..]).unwrap();
            posted.push(body["id"].as_u64().unwrap());
        }
        posted
    });
    let (code, stdout, stderr) = common::said(&common::binary(&again).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(stdout, format!("{expected} delivered, 0 still dead\n"));
    let mut ids: Vec<_> = all.iter().map(|alert| alert["id"].as_u64().unwrap()).collect();
    ids.reverse();
    assert_eq!(answers.join().unwrap(), ids, "in their order");
    assert!(list(&["--dead"]).is_empty());
    assert_eq!(says(&state, &["alerts", "resend", "--config", file, "--format", "json"]), "[]\n");
}

/// Answers every request with success, and tells of the number of each alert.
fn receiver() -> (String, Receiver<u64>) {
    use std::io::{Read, Write};
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", server.local_addr().unwrap());
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let (mut stream, mut said, mut bytes) = (stream.unwrap(), String::new(), [0; 4_096]);
            while let Ok(read) = stream.read(&mut bytes)
                && read > 0
                && !said.contains('}')
            {
                said.push_str(&String::from_utf8_lossy(&bytes[..read]));
                if said.starts_with("HEAD") || said.contains('}') {
                    break;
                }
            }
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            let body = said.find('{').and_then(|at| serde_json::from_str::<Value>(&said[at..]).ok());
            if let Some(id) = body.and_then(|body| body["id"].as_u64())
                && told.send(id).is_err()
            {
                return;
            }
        }
    });
    (url, heard)
}

#[test]
fn an_alert_that_was_kept_and_not_delivered_before_the_process_was_killed_is_delivered_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let (config, state) = (folder.path().join("alerts.toml"), folder.path().join("state"));
    let configure = |url: &str| {
        let text = format!("[alerts.webhook]\nurl = \"{url}\"\ntimeout = \"60s\"\n[monitor]\nlarge_trade = \"1000\"\n");
        std::fs::write(&config, text).unwrap();
    };
    let (file, place) = (config.to_str().unwrap(), state.to_str().unwrap());
    // Somebody takes the connection and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    configure(&format!("http://{}/", silent.local_addr().unwrap()));
    let mut platform = Running::start(&["--config", file, "--store", place, "--acknowledge", "--speed", "10x"]);
    platform.wait_for_output("ack alert ");
    platform.signal("-KILL");
    platform.end();
    let dead = || -> Vec<u64> {
        let all: Vec<Value> =
            serde_json::from_str(&says(&state, &["alerts", "list", "--dead", "--format", "json"])).unwrap();
        all.iter().map(|alert| alert["id"].as_u64().unwrap()).collect()
    };
    let owed = dead();
    assert!(!owed.is_empty(), "who was told of it may rely on it");

    let (url, heard) = receiver();
    configure(&url);
    let platform = Running::start(&["--config", file, "--store", place, "--speed", "10x"]);
    let mut missing = owed.clone();
    while !missing.is_empty() {
        let id = heard.recv_timeout(Duration::from_secs(120)).unwrap();
        missing.retain(|owed| *owed != id);
    }
    platform.signal("-INT");
    platform.end();
    let still = dead();
    assert!(!owed.iter().any(|id| still.contains(id)), "{owed:?} and {still:?}");
}
