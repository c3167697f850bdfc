//! Listeners on the bus: they hear everything, in order, and hold up nobody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::{Bus, IEventBus, Overflow, Topic};
use di_core::health::{HealthChanged, HealthStatus, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::{container, interface, service};
// The overrides repeat the fields of their originals: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::common;

/// Settings of a platform that reads so many messages as fast as it can.
fn settings(events: u64) -> Settings {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(events));
    settings
}

fn build(settings: Settings) -> TradingApp {
    TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap()
}

#[tokio::test]
async fn each_alert_and_signal_is_heard_once_and_stands_in_the_event_log_before_the_next_message() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.log");
    let mut settings = settings(100_000);
    settings.run.log = Some(path.clone());
    let app = build(settings);
    let heard = Arc::new(Mutex::new((Vec::new(), Vec::new())));
    let sink = Arc::clone(&heard);
    app.get::<Topic<Signal>>()
        .observe("test", move |signal| sink.lock().unwrap().0.push((signal.time.as_nanos(), signal.to_string())))
        .for_ever();
    let sink = Arc::clone(&heard);
    app.get::<Topic<Alert>>()
        .observe("test", move |alert| sink.lock().unwrap().1.push((alert.time.as_nanos(), alert.message.clone())))
        .for_ever();
    let summary = common::play(Application::of(&app), app.get()).await;

    let log = std::fs::read_to_string(&path).unwrap();
    // `TIME signal BAR TEXT #MESSAGE` and `TIME alert LEVEL RULE TEXT`.
    let lines = |kind: &str, words: usize| -> Vec<(u64, String)> {
        let lines = log.lines().filter(|line| line.split(' ').nth(1) == Some(kind));
        let text = |line: &str| {
            let text = line.splitn(words + 1, ' ').last().unwrap();
            text.split(" #").next().unwrap().to_owned()
        };
        lines.map(|line| (time(line), text(line))).collect()
    };
    let (signals, alerts) = &*heard.lock().unwrap();
    assert_eq!((signals, alerts), (&lines("signal", 3), &lines("alert", 4)));
    assert!(signals.len() > 5 && alerts.len() > 50, "{} signals, {} alerts", signals.len(), alerts.len());
    assert_eq!((signals.len() as u64, alerts.len() as u64), (summary.signals, summary.alerts));
    assert!(log.lines().map(time).is_sorted(), "a line that came late would stand behind those of later messages");
}

fn time(line: &str) -> u64 {
    line.split(' ').next().unwrap().parse().unwrap()
}

/// A channel that needs a while for each alert, and fails if one comes out of order.
#[service(provides = IAlertChannel)]
struct Sluggish {
    #[inject(default)]
    delivered: AtomicU64,
}

#[interface]
impl IAlertChannel for Sluggish {
    fn name(&self) -> &'static str {
        "sluggish"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(self.delivered.fetch_add(1, Ordering::Relaxed) + 1, alert.id);
        Ok(())
    }
}

#[container(from = MonitoringModule, replace(file = Sluggish))]
struct SluggishMonitoring;

#[container(from = TradingApp, replace(monitoring = SluggishMonitoring))]
struct SluggishApp;

#[tokio::test(start_paused = true)]
async fn what_is_queued_at_the_stop_is_delivered_in_order_and_nothing_is_left_on_the_bus() {
    let app = SluggishApp::build(SluggishAppInputs { settings: Arc::new(settings(100_000)) }).unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let report = application.finished().await.unwrap();
    let alerts = app.get::<EventLoop>().summary().unwrap().alerts;
    // The clock stands still while messages are read: the channel has all its work to do at the stop.
    assert!(alerts > 50 && report.total() >= Duration::from_millis(10 * alerts), "{alerts} alerts: {report}");

    let topic = app.get::<Topic<Alert>>();
    let told = topic.report();
    let queues: Vec<_> = told.queues.iter().map(|queue| (queue.name.as_ref(), queue.queued, queue.lagged)).collect();
    assert_eq!(queues, [("log", 0, 0), ("sluggish", 0, 0)]);
    let counters = told.counters;
    // The last events and the event log, which has left when its run was over, have heard all of them too.
    assert_eq!((counters.published, counters.delivered), (alerts, 4 * alerts));
    assert_eq!((counters.failed, counters.lagged), (0, 0));
}

#[tokio::test]
async fn a_listener_that_is_slow_hangs_or_panics_holds_up_nobody_and_changes_no_line_of_the_event_log() {
    let calm = build(settings(20_000));
    let calm = common::play(Application::of(&calm), calm.get()).await;

    let app = build(settings(20_000));
    let topic = app.get::<Topic<Alert>>();
    let mut recent = topic.subscribe("recent", Overflow::DropOldest(2));
    let hanging = topic.subscribe("hanging", Overflow::Wait(1));
    topic.observe("panicking", |_| panic!("the listener is out of order")).for_ever();
    let summary = common::play(Application::of(&app), app.get()).await;

    assert_eq!((&summary.log_sha256, summary.alerts), (&calm.log_sha256, calm.alerts));
    assert!(summary.alerts > 5 && summary.alerts_undelivered == 0, "{summary:?}");
    assert_eq!((recent.lagged(), hanging.lagged()), (summary.alerts - 2, summary.alerts - 1));
    let last: Vec<_> = std::iter::from_fn(|| recent.try_next()).map(|alert| alert.id).collect();
    assert_eq!(last, [summary.alerts - 1, summary.alerts]);
    let letters = app.get::<dyn IEventBus>().dead_letters();
    assert_eq!(letters.len() as u64, summary.alerts);
    assert!(letters.iter().all(|letter| letter.subscriber == "panicking" && letter.attempts == 1));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_becomes_unhealthy_is_told_of_once_and_so_is_its_recovery_and_both_are_alerts() {
    let app = build(common::settings());
    let (application, platform) = (Application::of(&app), app.get::<Platform>());
    let mut unhealthy = app.get::<Topic<ServiceUnhealthy>>().subscribe("test", Overflow::Wait(64));
    application.start().await.unwrap();
    // Health is on the bus from the first start on: another one must not tell everything twice.
    let registry = application.registry();
    registry.stop("HealthTopics").await.unwrap();
    registry.start("HealthTopics").await.unwrap();

    (0..200).for_each(|_| platform.exchanges.record_error("simulated"));
    application.health().check_now().await;
    let told = unhealthy.try_next().unwrap();
    assert!(told.service == "ExchangeManager" && !told.suggested_actions.is_empty(), "{told:?}");
    assert_eq!(unhealthy.try_next(), None);

    // Heartbeats come with messages, and errors are forgotten with time.
    tokio::time::sleep(Duration::from_secs(600)).await;
    application.health().check_now().await;
    application.stop().await.unwrap();
    let history = app.get::<Topic<HealthChanged>>().history();
    let of_it = history.iter().filter(|told| told.event.service == "ExchangeManager");
    let recoveries = of_it.filter(|told| told.event.from == HealthStatus::Unhealthy).count();
    assert_eq!(recoveries, 1);
    let raised = platform.alerts.alerts(None, 1_000, None);
    let rules: Vec<_> = raised.iter().rev().filter(|alert| alert.service.is_some()).map(|alert| alert.rule).collect();
    assert_eq!(rules, ["unhealthy", "recovered"]);
}
