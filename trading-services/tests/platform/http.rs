//! The HTTP server: it answers from before the start has ended until everybody else has stopped.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::common;
use crate::process::Running;

/// What is answered: status and body.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Looks until it is so; it would hang if it never were, as whatever waits does.
fn wait_until(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn while_it_runs_it_is_live_and_ready_and_tells_how_every_service_is_and_what_was_counted() {
    let began: trading_services::model::Timestamp = std::time::SystemTime::now().into();
    let mut command = common::binary(&["--verbose"]);
    command.env("TRADING_HEALTH__INTERVAL", "100ms");
    let mut platform = Running::start_command(command);
    let address = platform.address();
    platform.wait_for_error("all services have started");
    // It is asked again after its stream was opened, and figures come once a second.
    wait_until(|| get(&address, "/health/SimulatedExchange").1.contains("\"requests\":\"1\""));
    wait_until(|| get(&address, "/metrics").1.contains("trading_events_total{kind=\"snapshot\"} 3"));
    assert_eq!(get(&address, "/healthz"), (200, "live\n".to_owned()));
    assert_eq!(get(&address, "/readyz"), (200, "ready\n".to_owned()));
    let health: Value = serde_json::from_str(&get(&address, "/health").1).unwrap();
    assert_eq!((&health["status"], &health["ready"], &health["live"]), (&"healthy".into(), &true.into(), &true.into()));
    let services = health["services"].as_array().unwrap();
    let of = |name: &str| services.iter().find(|record| record["service"] == name).unwrap();
    assert_eq!(of("WebhookChannel")["external"], true);
    assert_eq!(of("SimulatedExchange")["metadata"]["requests"], "1");
    let one: Value = serde_json::from_str(&get(&address, "/health/ExchangeManager").1).unwrap();
    assert_eq!(one["current"]["service"], "ExchangeManager");
    assert!(one["trend"]["healthy"].as_u64() > Some(0) && !one["history"].as_array().unwrap().is_empty(), "{one}");
    assert_eq!(get(&address, "/health/Nobody").0, 404);
    let (status, unknown) = get(&address, "/nothing");
    assert!(status == 404 && unknown.contains("/readyz"), "{unknown}");
    let (_, metrics) = get(&address, "/metrics");
    assert!(metrics.contains("# HELP trading_events_total "), "{metrics}");
    let started = "di_service_starts_total{container=\"TradingApp\",service=\"EventLoop\",result=\"started\"} 1";
    assert!(metrics.contains(started), "{metrics}");
    // The start of each service is a change of its health.
    let changes =
        metrics.lines().find_map(|l| l.strip_prefix("di_events_published_total{topic=\"service.health_changed\"} "));
    assert!(changes.unwrap().parse::<u64>().unwrap() > 10, "{metrics}");
    assert!(metrics.contains("di_events_queued{topic=\"alert.raised\",subscriber=\"log\"} "), "{metrics}");
    let events: Value = serde_json::from_str(&get(&address, "/events").1).unwrap();
    assert_eq!(topic(&events, "signal.given")["observers"], serde_json::json!(["last events", "event log"]));
    // Each has a number, a time of the wall, and the service that it comes from.
    let last = events["last"].as_array().unwrap();
    let numbers: Vec<_> = last.iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert!(numbers.len() > 10 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    let started = last.iter().find(|event| event["source"] == "EventLoop").unwrap();
    assert_eq!(started["topic"], "service.health_changed");
    assert!(started["event"].as_str().unwrap().starts_with("HealthChanged { "), "{started}");
    let now: trading_services::model::Timestamp = std::time::SystemTime::now().into();
    let today = &now.to_string()[..10];
    for one in [&health, of("EventLoop"), &one["history"][0], started] {
        let time = one["time"].as_str().unwrap();
        // It may be another day since.
        assert!(time.starts_with(today) || time.starts_with(&began.to_string()[..10]), "{one}");
    }
    assert_eq!((&of("EventLoop")["source"], &of("ManualClock")["source"]), (&"check".into(), &"lifecycle".into()));
    let first = &one["history"][0];
    // In nanoseconds: a service may have two records in one millisecond.
    let moment: f64 = first["id"].as_str().unwrap().strip_prefix("ExchangeManager@").unwrap().parse().unwrap();
    assert!((moment / 1e6 - first["at_ms"].as_f64().unwrap()).abs() < 1.0, "{first}");
    assert_eq!(topic(&events, "alert.raised")["queues"][0]["subscriber"], "log");
    platform.signal("-INT");
    assert_eq!(platform.end().0, 0);
    assert!(TcpStream::connect(&address).is_err(), "it answers no more");
}

/// What `/events` says about one topic.
fn topic<'a>(events: &'a Value, name: &str) -> &'a Value {
    events["topics"].as_array().unwrap().iter().find(|topic| topic["topic"] == name).unwrap()
}

#[test]
fn an_alert_that_could_not_be_delivered_is_shown_with_its_cause() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("down.toml");
    // Nobody listens on the discard port.
    let text = "[alerts.webhook]\nurl = \"http://127.0.0.1:9/secret\"\nattempts = 1\n";
    std::fs::write(&config, text).unwrap();
    let mut platform = Running::start(&["--config", config.to_str().unwrap(), "--verbose"]);
    let address = platform.address();
    // The first alert is that of the webhook's own health, which may come before the last service has started.
    platform.wait_for_error("all services have started");
    let events = || -> Value { serde_json::from_str(&get(&address, "/events").1).unwrap() };
    wait_until(|| topic(&events(), "alert.raised")["failed"].as_u64() > Some(0));
    let events = events();
    let letter = &topic(&events, "alert.raised")["dead_letters"][0];
    assert_eq!((&letter["subscriber"], &letter["attempts"]), (&"webhook".into(), &1.into()));
    assert!(letter["alert"].as_u64() > Some(0) && letter["time"].is_string(), "{letter}");
    let (error, event) = (letter["error"].as_str().unwrap(), letter["event"].as_str().unwrap());
    assert!(error.starts_with("expected the webhook to answer: ") && !error.contains("secret"), "{error}");
    assert!(event.starts_with("Alert { id: "), "{event}");
    platform.signal("-INT");
    assert_eq!(platform.end().0, 3, "it was not delivered");
}

#[test]
fn while_it_starts_it_is_live_and_says_who_is_still_starting() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut platform = Running::start(&["--replay", pipe.to_str().unwrap()]);
    let address = platform.address();
    assert_eq!(get(&address, "/healthz").0, 200);
    let (status, body) = get(&address, "/readyz");
    assert_eq!(status, 503);
    assert!(body.starts_with("not ready\n") && body.contains("ReplayExchange: starting\n"), "{body}");
    platform.signal("-INT");
    assert_eq!(platform.end().0, 1);
}

#[test]
fn while_it_stops_it_is_live_and_says_who_is_still_stopping() {
    let directory = tempfile::tempdir().unwrap();
    // It accepts connections and never answers: an alert is under way when the signal comes.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let text = format!("[monitor]\nlarge_trade = \"1\"\n[alerts.webhook]\nurl = \"{url}\"\ntimeout = \"1h\"\n");
    let config = directory.path().join("hangs.toml");
    std::fs::write(&config, text).unwrap();
    let mut platform = Running::start(&["--config", config.to_str().unwrap()]);
    let address = platform.address();
    platform.wait_for_error("large");
    platform.signal("-INT");
    wait_until(|| get(&address, "/readyz").1.contains("AlertManager: stopping\n"));
    assert_eq!((get(&address, "/healthz").0, get(&address, "/readyz").0), (200, 503));
    platform.signal("-INT");
    assert_eq!(platform.end().0, 130);
}

#[test]
fn an_address_that_was_configured_and_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = common::binary(&["--events", "10", "--speed", "max"]);
    let (code, _, stderr) = common::said(&command.env("TRADING_HTTP__ADDRESS", &address).output().unwrap());
    assert_eq!(code, 1, "{stderr}");
    let expected =
        format!("`HttpServer` could not start: expected a free address for `http.address`, found {address}: ");
    assert!(stderr.contains(&expected), "{stderr}");
}

#[test]
fn the_usual_port_is_left_to_whoever_has_it() {
    // If it cannot be taken here, somebody else has it already.
    let _taken = TcpListener::bind("127.0.0.1:9464");
    let mut command = common::binary(&["--events", "10", "--speed", "max"]);
    let (code, _, stderr) = common::said(&command.env_remove("TRADING_HTTP__ADDRESS").output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("127.0.0.1:9464 is taken: using any free port"), "{stderr}");
}

#[test]
fn an_address_that_is_none_names_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    std::fs::write(&file, "[http]\naddress = \"here\"\n").unwrap();
    let mut command = common::binary(&["config", "check", "--config", file.to_str().unwrap()]);
    let (code, _, stderr) = common::said(&command.env_remove("TRADING_HTTP__ADDRESS").output().unwrap());
    assert!(code == 1 && stderr.contains("c.toml:2: ") && stderr.contains("`http.address`"), "{stderr}");
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.168.1.2:9464", "[fe80::1]:9464", "[::ffff:192.168.1.2]:9464"] {
        let mut command = common::binary(&["--events", "10", "--speed", "max"]);
        let (code, _, stderr) = common::said(&command.env("TRADING_HTTP__ADDRESS", address).output().unwrap());
        assert!(code == 1 && stderr.contains("an address of this machine only"), "{address}: {stderr}");
    }
}
