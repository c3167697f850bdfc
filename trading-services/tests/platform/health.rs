//! Health of each service, from what it sees itself.

use di_core::prelude::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use di_core::health::{Health, HealthCheck, HealthRecord, HealthStatus};
use di_core::lifecycle::Application;
use serde_json::Value;
use trading_services::api::HttpServer;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::{ConfigManager, Settings};
use trading_services::engine::{EventLoop, Platform, Speed};
use trading_services::monitoring::channels::WebhookChannel;

use crate::common;

fn build(configure: impl FnOnce(&mut Settings)) -> TradingApp {
    let mut settings = common::settings();
    configure(&mut settings);
    TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap()
}

/// How a service is after the platform has run for so long.
async fn after(seconds: u64, app: &TradingApp, service: &str) -> HealthRecord {
    let application = Application::of(app);
    application.start().await.unwrap();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    application.health().check_now().await;
    let record = application.health().of(service).unwrap();
    application.stop().await.unwrap();
    record
}

#[tokio::test(start_paused = true)]
async fn every_service_is_healthy_while_nothing_is_wrong() {
    let app = build(|_| {});
    let application = Application::of(&app);
    application.start().await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let health = application.health();
    let ill: Vec<_> = health.check_now().await.into_iter().filter(|r| r.effective != HealthStatus::Healthy).collect();
    assert!(ill.is_empty() && health.ready() && health.live(), "{ill:?}");
    let market = health.of("MarketDataManager").unwrap();
    assert_eq!((&market.metadata["symbols"][..], &market.metadata["gaps"][..]), ("3", "0"));
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_record_is_of_the_future_where_the_clocks_of_the_machine_have_drifted_apart() {
    let app = build(|settings| {
        (settings.http.enabled, settings.http.address) = (true, Some(([127, 0, 0, 1], 0).into()));
        // The second message is due after hours.
        (settings.run.speed, settings.simulation.events_per_second) = (Speed::Times(0.001), 1);
    });
    let application = Application::of(&app);
    application.start().await.unwrap();
    // The one of the application goes on, the one of the wall hardly does.
    tokio::time::sleep(Duration::from_secs(600)).await;
    application.health().check_now().await;
    tokio::time::resume();
    let address = app.get::<HttpServer>().address().unwrap();
    let answer = reqwest::get(format!("http://{address}/health")).await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let services = answer["services"].as_array().unwrap();
    assert!(!services.is_empty());
    for service in services {
        assert!(service["time"].as_str() <= answer["time"].as_str(), "{service} at {}", answer["time"]);
    }
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_says_nothing_is_noticed_although_the_clock_of_events_stands_still() {
    // The second message is due after hours.
    let app = build(|settings| {
        (settings.run.speed, settings.simulation.events_per_second) = (Speed::Times(0.001), 1);
        settings.market_data.stale_after = Duration::from_secs(60);
    });
    let record = after(90, &app, "MarketDataManager").await;
    assert_eq!(record.status, HealthStatus::Degraded);
    assert!(record.errors[0].starts_with("no message about the market for "), "{record:?}");
    assert_eq!(record.suggested_actions, ["see whether the venue can be reached"]);
}

#[tokio::test(start_paused = true)]
async fn a_venue_that_fails_is_named_with_what_could_be_done() {
    let app = build(|_| {});
    let exchanges = &app.get::<Platform>().exchanges;
    (0..200).for_each(|_| exchanges.record_error("simulated"));
    let record = after(0, &app, "ExchangeManager").await;
    assert_eq!(record.status, HealthStatus::Unhealthy);
    assert!(record.errors[0].starts_with("`simulated` is unhealthy, "), "{record:?}");
    assert!(record.suggested_actions[0].contains("`exchange.order`"), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_symbol_that_falls_silent_degrades_the_monitor() {
    let app = build(|settings| settings.market_data.stale_after = Duration::from_millis(1));
    let record = after(60, &app, "MarketMonitor").await;
    assert_eq!(record.status, HealthStatus::Degraded);
    assert!(record.errors[0].starts_with("silent: "), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_goes_makes_the_file_channel_unhealthy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alerts.jsonl");
    let app = build(|settings| settings.alerts.file.path = Some(path.clone()));
    let application = Application::of(&app);
    application.start().await.unwrap();
    directory.close().unwrap();
    application.health().check_now().await;
    let record = application.health().of("FileChannel").unwrap();
    assert_eq!(record.status, HealthStatus::Unhealthy);
    assert!(record.errors[0].contains("alerts.jsonl: expected to append an alert: "), "{record:?}");
    let error = application.stop().await.unwrap_err();
    assert!(error.to_string().starts_with("`FileChannel` could not stop: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_goes_degrades_the_replay_and_is_played_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recording.txt");
    let line = |second: u64| {
        let ticker = r#"{"u":12,"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"}"#;
        format!("{}000000000 {ticker}\n", 1_723_161_254 + second)
    };
    std::fs::write(&file, line(0) + &line(60)).unwrap();
    let app = build(|settings| {
        (settings.exchange.order, settings.replay.file) = (vec!["replay".to_owned()], Some(file.clone()));
    });
    let application = Application::of(&app);
    application.start().await.unwrap();
    std::fs::remove_file(&file).unwrap();
    application.health().check_now().await;
    let record = application.health().of("ReplayExchange").unwrap();
    assert_eq!((record.status, record.external), (HealthStatus::Degraded, true));
    application.finished().await.unwrap();
    let summary = app.get::<EventLoop>().summary().unwrap();
    assert_eq!(summary.events, 2);
}

/// What a webhook at that address says about itself, as text.
async fn webhook(address: &str) -> Result<Health, String> {
    let mut settings = Settings::default();
    settings.alerts.webhook.url = Some(format!("http://{address}/secret"));
    let config = Arc::new(ConfigManager::new(Arc::new(settings)));
    WebhookChannel::new(config).unwrap().check().await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_webhook_that_answers_with_a_server_error_is_degraded() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 5];
        stream.read_exact(&mut head).unwrap();
        stream.write_all(b"HTTP/1.1 503 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        head
    });
    let health = webhook(&address).await.unwrap();
    assert_eq!((health.status(), health.reason()), (HealthStatus::Degraded, Some("it answers with status 503")));
    assert_eq!(&server.join().unwrap(), b"HEAD ");
}

#[tokio::test]
async fn a_webhook_that_nobody_serves_is_unhealthy_and_its_address_is_not_told() {
    // Nobody listens on the discard port.
    let error = webhook("127.0.0.1:9").await.unwrap_err();
    assert!(error.starts_with("expected the webhook to answer: ") && !error.contains("secret"), "{error}");
}
