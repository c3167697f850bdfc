//! Viewers of the live topics: they get snapshots and changes, and change nothing themselves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use trading_services::api::HttpServer;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::engine::{EventLoop, Platform, Speed};
use trading_services::model::{Candle, CandleHistory, EventKind, MarketEvent, Timeframe, Timestamp};
use trading_services::ports::IDashboardService;

use crate::api::Asked;
use crate::common;

/// Somebody who looks at the live topics.
pub(crate) struct Viewer(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Viewer {
    pub(crate) async fn of(address: &str, topics: &[&str]) -> Self {
        let (socket, _) = connect_async(format!("ws://{address}/api/v1/live")).await.unwrap();
        let mut viewer = Self(socket);
        let wanted: BTreeMap<_, _> = topics.iter().map(|topic| (*topic, 0)).collect();
        viewer.ask(&json!({ "v": 1, "subscribe": wanted })).await;
        viewer
    }

    pub(crate) async fn ask(&mut self, ask: &Value) {
        self.0.send(ask.to_string().into()).await.unwrap();
    }

    /// The next message of that type.
    pub(crate) async fn next(&mut self, kind: &str) -> Value {
        next(&mut self.0, kind).await
    }

    /// Waits for a row that is so.
    pub(crate) async fn row(&mut self, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let Some(Ok(message)) = self.0.next().await else { panic!("the connection has ended") };
            let Message::Text(text) = message else { continue };
            let said: Value = serde_json::from_str(&text).unwrap();
            let rows = said["rows"].as_array().into_iter().flatten();
            if let Some(row) = rows.into_iter().find(|row| is_so(row)) {
                return row.clone();
            }
        }
    }
}

/// The next message of that type.
async fn next(
    socket: &mut (impl StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin),
    kind: &str,
) -> Value {
    loop {
        if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
            let value: Value = serde_json::from_str(&text).unwrap();
            if value["type"] == kind {
                return value;
            }
        }
    }
}

#[tokio::test]
async fn a_viewer_gets_a_snapshot_then_changes_and_goes_on_after_a_cut() {
    let asked = Asked::started().await;
    asked.until("/fills?limit=1", |fills| fills["total"].as_u64() > Some(0)).await;
    let url = format!("ws://{}/api/v1/live", asked.address);
    let (mut socket, _) = connect_async(&url).await.unwrap();
    let hello = next(&mut socket, "hello").await;
    let run = hello["run"].as_str().unwrap().to_owned();
    socket.send(json!({ "v": 1, "subscribe": { "fills": 0, "overview": 0 } }).to_string().into()).await.unwrap();
    let mut snapshots = [next(&mut socket, "snapshot").await, next(&mut socket, "snapshot").await];
    snapshots.sort_by_key(|snapshot| snapshot["topic"].as_str().unwrap().to_owned());
    assert_eq!((&snapshots[0]["topic"], &snapshots[1]["topic"]), (&json!("fills"), &json!("overview")));
    let change = next(&mut socket, "change").await;
    assert!(change["seq"].as_u64() > Some(1), "{change}");
    drop(socket);

    let (mut socket, _) = connect_async(&url).await.unwrap();
    let seen = snapshots[0]["seq"].as_u64().unwrap();
    let ask = json!({ "v": 1, "run": run, "subscribe": { "fills": seen } });
    socket.send(ask.to_string().into()).await.unwrap();
    let change = next(&mut socket, "change").await;
    let known: Vec<_> = snapshots[0]["rows"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
    let newer = change["rows"].as_array().unwrap();
    assert!(
        change["topic"] == "fills" && !newer.is_empty() && newer.iter().all(|row| !known.contains(&&row["id"])),
        "{change}"
    );
    // Of another run the numbers mean nothing, and what is no topic is an error that ends nothing.
    for ask in [
        json!({ "v": 1, "subscribe": { "secrets": 0 } }),
        json!({ "v": 2 }),
        json!("{"),
        json!({ "v": 1, "orders": [] }),
    ] {
        socket.send(ask.to_string().into()).await.unwrap();
        next(&mut socket, "error").await;
    }
    drop(socket);
    let (mut socket, _) = connect_async(&url).await.unwrap();
    let ask = json!({ "v": 1, "run": "another", "subscribe": { "fills": seen } });
    socket.send(ask.to_string().into()).await.unwrap();
    assert_eq!(next(&mut socket, "snapshot").await["topic"], "fills");
    asked.end().await;
}

#[tokio::test]
async fn a_viewer_of_candles_gets_those_of_before_when_the_venue_tells_them() {
    let asked = Asked::started().await;
    let minute = |minute: u64| Timestamp::from_nanos(minute * 60_000_000_000);
    let take = |kind| {
        let event = MarketEvent { instrument: common::btc_id(), received: minute(200), kind };
        asked.app.get::<Platform>().market.ingest(&event).unwrap()
    };
    take(EventKind::TradesBegin);
    for second in [100 * 60 + 5, 101 * 60, 102 * 60, 103 * 60] {
        take(EventKind::Trade(common::trade(second, "100", "1")));
    }
    let (mut socket, _) = connect_async(format!("ws://{}/api/v1/live", asked.address)).await.unwrap();
    socket.send(json!({ "v": 1, "subscribe": { "candles:binance:BTCUSDT:1m": 0 } }).to_string().into()).await.unwrap();
    let times = |said: &Value| -> Vec<u64> {
        said["rows"].as_array().unwrap().iter().map(|row| row["time"].as_u64().unwrap() / 60).collect()
    };
    assert_eq!(times(&next(&mut socket, "change").await), [101, 102, 103]);
    let candles = (40..=100).map(|opened| Candle::flat(minute(opened), "90".parse().unwrap())).collect();
    let (timeframe, since, time) = (Timeframe::M1, minute(40), minute(103));
    take(EventKind::History(Box::new(CandleHistory { timeframe, since, time, candles })));
    assert_eq!(times(&next(&mut socket, "change").await), (40..=100).collect::<Vec<_>>());
    asked.end().await;
}

/// The hash of the log of so many events, with or without a page and somebody who looks at it.
async fn hash(is_seen: bool) -> String {
    let mut settings = common::settings();
    (settings.http.enabled, settings.http.address) = (is_seen, Some(([127, 0, 0, 1], 0).into()));
    (settings.run.speed, settings.run.events, settings.simulation.seed) = (Speed::Max, Some(40_000), 7);
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    if let Some(address) = app.get::<HttpServer>().address() {
        let dashboard: &dyn IDashboardService = app.get();
        if let Ok((mut socket, _)) = connect_async(format!("ws://{address}/api/v1/live")).await {
            let ask = json!({ "v": 1, "subscribe": { "fills": 0, "overview": 0, "market:simulated:BTCUSDT": 0 } });
            let _ = socket.send(ask.to_string().into()).await;
            while app.get::<EventLoop>().summary().is_none() {
                dashboard.update_cache();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
    application.finished().await.unwrap();
    app.get::<EventLoop>().summary().unwrap().log_sha256
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_decided_with_viewers_and_without() {
    assert_eq!(hash(true).await, hash(false).await);
}
