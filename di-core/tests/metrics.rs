//! Metrics with their names and labels.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::events::{Bus, Event, Overflow};
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Application, Backoff, Context, Lifecycle, Restart};
use di_core::{container, interface, service};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

/// Every metric as `name{label="value",..}`, with its value; of a histogram, how often it was recorded.
fn recorded(life: impl Future<Output = ()>) -> BTreeMap<String, f64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(life));
    let metrics = snapshotter.snapshot().into_vec().into_iter();
    metrics
        .map(|(key, _, _, value)| {
            let labels: Vec<_> = key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let value = match value {
                DebugValue::Counter(count) => f64::from(u32::try_from(count).unwrap()),
                DebugValue::Gauge(value) => value.into_inner(),
                DebugValue::Histogram(values) => f64::from(u32::try_from(values.len()).unwrap()),
            };
            (format!("{}{{{}}}", key.key().name(), labels.join(",")), value)
        })
        .collect()
}

#[service(lifecycle, health)]
struct Venue {
    #[inject(default)]
    checks: AtomicU32,
}

#[interface]
impl Lifecycle for Venue {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let restart = Restart::OnFailure { intensity: 5, period: Duration::from_secs(60), backoff: Backoff::default() };
        let mut lives = 0;
        context.supervise("feed", restart, move |_| {
            lives += 1;
            async move { if lives < 3 { Err("out of feed".into()) } else { std::future::pending().await } }
        });
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        Err("it does not answer".into())
    }
}

#[interface]
impl HealthCheck for Venue {
    async fn check(&self) -> Result<Health, BoxError> {
        match self.checks.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(Health::healthy()),
            _ => Ok(Health::degraded("it is slow")),
        }
    }
}

#[service]
struct Market {
    venue: Arc<Venue>,
}

#[container]
struct App {
    venue: Venue,
    market: Market,
}

#[test]
fn a_life_is_counted_by_container_and_service() {
    let metrics = recorded(async {
        let app = App::build(AppInputs {});
        assert_eq!(app.get::<Market>().venue.checks.load(Ordering::Relaxed), 0);
        let application = Application::of(&app);
        application.start().await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        application.health().check_now().await;
        application.stop().await.unwrap_err();
    });
    let expected = [
        ("di_service_starts_total{container=App,service=Venue,result=started}", 1.0),
        ("di_service_start_duration_seconds{container=App,service=Venue}", 1.0),
        ("di_service_stops_total{container=App,service=Venue,result=failed}", 1.0),
        ("di_service_stop_duration_seconds{container=App,service=Venue}", 1.0),
        ("di_service_failures_total{container=App,service=Venue,step=stop}", 1.0),
        ("di_task_restarts_total{container=App,service=Venue,task=feed}", 2.0),
        ("di_health_checks_total{container=App,service=Venue,status=healthy}", 1.0),
        ("di_health_checks_total{container=App,service=Venue,status=degraded}", 1.0),
        ("di_health_check_duration_seconds{container=App,service=Venue}", 2.0),
        ("di_service_health{container=App,service=Venue,status=healthy}", 0.0),
        ("di_service_health{container=App,service=Venue,status=degraded}", 0.0),
        ("di_service_health{container=App,service=Venue,status=stopped}", 1.0),
        ("di_service_health{container=App,service=Market,status=stopped}", 1.0),
    ];
    for (name, value) in expected {
        assert_eq!(metrics.get(name), Some(&value), "{name}: {metrics:#?}");
    }
}

#[derive(Debug, Clone)]
struct Tick;

impl Event for Tick {
    const TOPIC: &'static str = "market.tick";
}

#[test]
fn the_counters_of_the_bus_are_set_when_they_are_asked_for() {
    let metrics = recorded(async {
        let bus = Bus::new();
        let ticks = bus.topic::<Tick>();
        let _sum = ticks.observe("sum", |_| {});
        let _slow = ticks.subscribe("slow", Overflow::DropOldest(2));
        for _ in 0..5 {
            ticks.publish(Tick).now().unwrap();
        }
        bus.record_metrics();
        bus.record_metrics();
    });
    let expected = [
        ("di_events_published_total{topic=market.tick}", 5.0),
        ("di_events_delivered_total{topic=market.tick}", 5.0),
        ("di_events_failed_total{topic=market.tick}", 0.0),
        ("di_events_lagged_total{topic=market.tick}", 3.0),
        ("di_events_queued{topic=market.tick,subscriber=slow}", 2.0),
    ];
    assert_eq!(metrics, expected.map(|(name, value)| (name.to_owned(), value)).into());
}
