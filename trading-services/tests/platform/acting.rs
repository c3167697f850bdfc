//! Requests that act, when the client goes, the network is lost, or the act does not succeed.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use di_core::prelude::*;
use serde_json::{Value, json};
use trading_services::model::VenueId;
use trading_services::ports::{AlertContext, AlertLevel, IAlertService};

use crate::api::Asked;
use crate::common;

/// A webhook that takes what it is sent and says nothing until it may.
fn silent_webhook() -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let speaks = Arc::new(AtomicBool::new(false));
    let may_speak = Arc::clone(&speaks);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, may_speak) = (stream.unwrap(), Arc::clone(&may_speak));
            std::thread::spawn(move || {
                let _request = stream.read(&mut [0; 4_096]);
                while !may_speak.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            });
        }
    });
    (url, speaks)
}

#[tokio::test]
async fn an_act_whose_client_goes_is_done_noted_and_answered_when_it_asks_again() {
    let (url, speaks) = silent_webhook();
    let mut settings = common::settings();
    (settings.alerts.webhook.url, settings.alerts.webhook.timeout) = (Some(url), Duration::from_secs(60));
    let asked = Asked::with(settings).await;
    let alerts: &dyn IAlertService = asked.app.get();
    alerts.send_alert("look", AlertLevel::Critical, AlertContext { rule: "test", ..AlertContext::default() });
    let id = asked.get("/alerts?level=critical").await["items"][0]["id"].clone();
    let (path, key) = (format!("/alerts/{id}/resend"), Some("the same"));
    // The tab is closed before the webhook has answered.
    let nothing = json!({});
    let resend = asked.act("POST", &path, &nothing, key);
    assert!(tokio::time::timeout(Duration::from_millis(500), resend).await.is_err());
    let meanwhile = asked.answer("POST", &path, &json!({}), key).await;
    assert_eq!((meanwhile.status().as_u16(), &meanwhile.headers()["retry-after"]), (409, &"1".parse().unwrap()));
    let is_noted =
        |log: &Value| log["items"].as_array().unwrap().iter().any(|act| act["act"].as_str().unwrap().ends_with(&path));
    assert!(!is_noted(&asked.get("/audit").await), "it is still under way");

    speaks.store(true, Ordering::Relaxed);
    asked.until("/audit", is_noted).await;
    let again = asked.answer("POST", &path, &json!({}), key).await;
    assert_eq!((again.status().as_u16(), &again.headers()["idempotency-replayed"]), (200, &"true".parse().unwrap()));
    let said: Value = serde_json::from_str(&again.text().await.unwrap()).unwrap();
    assert!(said.as_array().unwrap().contains(&json!({ "channel": "webhook", "error": null })), "{said}");
    asked.end().await;
}

#[tokio::test]
async fn a_key_of_an_act_that_met_something_else_may_be_used_again() {
    let asked = Asked::started().await;
    let ask = async |path: &str| {
        let answer = asked.answer("POST", path, &json!({}), Some(path)).await;
        (answer.status().as_u16(), answer.headers().contains_key("idempotency-replayed"))
    };
    for _ in 0..2 {
        assert_eq!(ask("/services/HttpServer/stop").await, (409, false));
    }
    // What is wrong with a request stays wrong.
    assert_eq!(ask("/services/Nobody/stop").await, (404, false));
    assert_eq!(ask("/services/Nobody/stop").await, (404, true));
    asked.end().await;
}

#[tokio::test]
async fn names_of_venues_that_clients_ask_for_are_not_kept() {
    let asked = Asked::started().await;
    // More than the program keeps in all.
    for number in 0..1_100 {
        let path = format!("/markets/asked-{number}:BTCUSDT/book");
        assert_eq!(asked.answer("GET", &path, &json!({}), None).await.status().as_u16(), 404);
    }
    assert!("a-venue-of-tomorrow".parse::<VenueId>().is_ok());
    asked.end().await;
}
