//! The feed of the page: it comes back, misses nothing, and asks no more than it has to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::{Application, State};
use di_core::prelude::*;
use di_core::{container, service};
use serde_json::{Value, json};
// The override repeats the fields of its original: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::api::Asked;
use crate::common;
use crate::live_topics::Viewer;

fn statuses(rows: &Value, names: &[&str]) -> Vec<String> {
    let of = |name: &&str| rows.as_array().unwrap().iter().find(|row| row["name"] == **name).unwrap();
    names.iter().map(|name| of(name)["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_was_stopped_along_with_a_service_comes_back_with_it_the_feed_among_it() {
    let asked = Asked::started().await;
    let along = ["LiveFeed", "EventLoop"];
    let turn = async |name: &str, verb: &str| {
        let (status, rows) = asked.act("POST", &format!("/services/{name}/{verb}"), &json!({}), None).await;
        assert_eq!(status, 200, "{rows}");
        rows
    };
    assert_eq!(statuses(&turn("AlertManager", "stop").await, &along), ["stopped", "stopped"]);
    assert_eq!(statuses(&turn("AlertManager", "start").await, &along), ["healthy", "healthy"]);
    // What somebody has stopped by itself stays so.
    turn("EventLoop", "stop").await;
    turn("AlertManager", "stop").await;
    assert_eq!(statuses(&turn("AlertManager", "start").await, &along), ["healthy", "stopped"]);
    let mut viewer = asked.viewer(&["overview"]).await;
    viewer.next("snapshot").await;
    viewer.next("alive").await;
    asked.end().await;
}

#[tokio::test]
async fn an_order_whose_last_event_was_dropped_is_shown_as_it_is() {
    let asked = Asked::started().await;
    let executor: &dyn IOrderExecutor = asked.app.get();
    let order = |id: &str| OrderRequest {
        id: id.parse().unwrap(),
        instrument: "simulated:BTCUSDT".parse().unwrap(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind: OrderKind::Limit { price: "0.01".parse().unwrap(), post_only: false },
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId::default(),
    };
    let mut viewer = asked.viewer(&["orders"]).await;
    executor.submit(&order("lost")).unwrap();
    viewer.row(|row| row["id"] == "lost" && row["open"] == true).await;
    // Nothing else runs until this task waits: the queue of the page is full of others when it is looked at.
    executor.cancel(&"lost".parse().unwrap(), "by the test").unwrap();
    let other = executor.submit(&order("other")).unwrap();
    for _ in 0..1_000 {
        let _missed = asked.app.get::<Topic<Order>>().publish(other.clone()).now();
    }
    viewer.row(|row| row["id"] == "lost" && row["open"] == false).await;
    asked.end().await;
}

/// How often the dashboard was asked.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// A dashboard that fails the first time that it is asked.
#[service(provides = IDashboardService)]
struct Fragile {
    clock: Arc<dyn IClock>,
    portfolio: Arc<dyn IPortfolio>,
    risk: Arc<dyn IRiskManager>,
    monitor: Arc<dyn IMonitoringService>,
    market: Arc<dyn IMarketDataService>,
    signals: Arc<dyn ISignalService>,
    alerts: Arc<dyn IAlertService>,
}

impl IDashboardService for Fragile {
    fn dashboard_data(&self) -> Arc<DashboardData> {
        self.update_cache()
    }

    fn update_cache(&self) -> Arc<DashboardData> {
        assert!(ASKED.fetch_add(1, Ordering::Relaxed) > 0, "the first look fails");
        Arc::new(DashboardData {
            time: self.clock.now(),
            currency: self.portfolio.currency(),
            performance: None,
            risk: self.risk.risk_metrics(),
            killed: None,
            troubles: Vec::new(),
            positions: Vec::new(),
            open_orders: Vec::new(),
            markets: Vec::new(),
            monitoring: self.monitor.monitoring_status(),
            counters: self.market.counters(),
            signals: self.signals.statistics(),
            alerts: self.alerts.stats(),
            open_alerts: OpenAlerts::default(),
        })
    }
}

#[container(from = TradingApp, replace(dashboard = Fragile))]
struct FragileApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_feed_ends_nothing_and_viewers_who_want_much_do_not_make_it_look_all_the_time() {
    let mut settings = common::settings();
    (settings.http.enabled, settings.http.address) = (true, Some(([127, 0, 0, 1], 0).into()));
    settings.run.speed = Speed::Times(50.0);
    let app = FragileApp::build(FragileAppInputs { settings: Arc::new(settings) }).unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let address = app.get::<HttpServer>().address().unwrap().to_string();
    let mut viewer = Viewer::of(&address, &["overview"]).await;
    viewer.next("snapshot").await;
    assert_eq!(application.state(), State::Running);

    let (begin, before) = (Instant::now(), ASKED.load(Ordering::Relaxed));
    while begin.elapsed() < Duration::from_secs(1) {
        viewer.ask(&json!({ "v": 1, "subscribe": { "strategies": 0 } })).await;
        viewer.ask(&json!({ "v": 1, "unsubscribe": ["strategies"] })).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (asked, most) = (ASKED.load(Ordering::Relaxed) - before, begin.elapsed().as_millis() / 20 + 5);
    assert!(u128::from(asked) <= most, "{asked} looks, expected at most {most}");
    application.stop().await.unwrap();
}
