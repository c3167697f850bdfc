//! L16: checks run at once, each with a time-out; the worst counts; liveness leaves out the world outside.

mod scripted;

use std::sync::Arc;
use std::time::Duration;

use di_core::error::BoxError;
use di_core::health::{Direction, HealthEvent, HealthMonitor, HealthRecord, HealthStatus};
use di_core::interface;
use di_core::lifecycle::{Application, Lifecycle, Plan, PlanNode, Settings};
use tokio::time::Instant;

use self::scripted::{Answer, Scripted};
use crate::world::{Log, Script, Service, millis};

fn settings() -> Settings {
    crate::world::settings().health_interval(millis(1_000)).health_timeout(millis(300))
}

async fn started(nodes: impl IntoIterator<Item = PlanNode>) -> (Application, HealthMonitor) {
    let application = Application::new(Plan::new(nodes).unwrap()).with_settings(settings()).unwrap();
    let health = application.health();
    application.start().await.unwrap();
    (application, health)
}

fn record(health: &HealthMonitor, name: &str) -> HealthRecord {
    health.of(name).unwrap()
}

#[tokio::test(start_paused = true)]
async fn l16_checks_run_at_once_and_again_at_each_interval() {
    let log = Log::new();
    let (application, health) =
        started([Scripted::node(&log, "a", 200, [Answer::Healthy]), Scripted::node(&log, "b", 250, [Answer::Healthy])])
            .await;
    tokio::time::sleep(millis(2_500)).await;
    let checks: Vec<_> = log.timed().into_iter().map(|(at, line)| format!("{at} {line}")).collect();
    assert_eq!(checks, ["0 a check", "0 b check", "1000 a check", "1000 b check", "2000 a check", "2000 b check"]);
    let a = record(&health, "a");
    assert_eq!((a.status, a.took, a.last_heartbeat), (HealthStatus::Healthy, Some(millis(200)), Some(millis(2_200))));
    assert_eq!(a.metadata["lag_ms"], "7");
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l16_a_check_that_hangs_or_panics_is_unhealthy_and_holds_up_no_other() {
    let log = Log::new();
    let (application, health) = started([
        Scripted::node(&log, "hangs", 0, [Answer::Hangs]),
        Scripted::node(&log, "slow", 0, [Answer::Hangs]).health_timeout(millis(700)),
        Scripted::node(&log, "panics", 0, [Answer::Panics]),
        Scripted::node(&log, "fails", 0, [Answer::Fails]),
        Scripted::node(&log, "fine", 50, [Answer::Healthy]),
    ])
    .await;
    tokio::time::sleep(millis(60)).await;
    assert_eq!(record(&health, "fine").took, Some(millis(50)), "it waits for nobody");
    let records = health.check_now().await;
    let told: Vec<_> = records.iter().map(|record| (record.service, record.status, record.errors.clone())).collect();
    let unhealthy = |name, error: &str| (name, HealthStatus::Unhealthy, vec![error.to_owned()]);
    assert_eq!(
        told,
        [
            unhealthy("hangs", "the check did not answer within 300ms"),
            unhealthy("slow", "the check did not answer within 700ms"),
            unhealthy("panics", "the check panicked: index out of bounds"),
            unhealthy("fails", "connection refused"),
            ("fine", HealthStatus::Healthy, vec![]),
        ]
    );
    for record in &records[..4] {
        assert!(!record.suggested_actions.is_empty(), "{record:?}");
    }
    assert_eq!((records[0].last_heartbeat, records[3].last_heartbeat.is_some()), (None, true));
    assert_eq!(health.overall(), HealthStatus::Unhealthy, "the worst counts");
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l16_a_service_without_a_check_has_the_status_of_its_lifecycle() {
    let log = Log::new();
    let plan = Plan::new([
        Service::new(&log, "venue").start(Script::Ok(50)).stop(Script::Ok(50)).node(),
        PlanNode::new("market").after([0]),
    ]);
    let application = Application::new(plan.unwrap()).with_settings(settings()).unwrap();
    let health = application.health();
    let statuses = || health.current().iter().map(|record| record.status).collect::<Vec<_>>();
    use HealthStatus::{Healthy, Starting, Stopped, Stopping};
    assert_eq!(statuses(), [Stopped, Stopped]);
    let during = async {
        tokio::time::sleep(millis(20)).await;
        statuses()
    };
    let (started, starting) = tokio::join!(application.start(), during);
    started.unwrap();
    assert_eq!((starting, statuses()), (vec![Starting, Starting], vec![Healthy, Healthy]));
    let during = async {
        tokio::time::sleep(millis(20)).await;
        statuses()
    };
    let (stopped, stopping) = tokio::join!(application.stop(), during);
    stopped.unwrap();
    assert_eq!((stopping, statuses()), (vec![Stopping, Stopped], vec![Stopped, Stopped]));
}

#[tokio::test(start_paused = true)]
async fn l16_liveness_leaves_out_checks_of_the_outside_world_and_readiness_does_not() {
    for (external, live) in [(true, true), (false, false)] {
        let log = Log::new();
        let mut venue = Scripted::node(&log, "venue", 10, [Answer::Unhealthy, Answer::Degraded]);
        if external {
            venue = venue.health_external();
        }
        let (application, health) = started([venue]).await;
        assert!(health.ready() && health.live(), "nothing is known yet");
        tokio::time::sleep(millis(20)).await;
        assert_eq!((health.ready(), health.live()), (false, live));
        assert_eq!((application.probes().is_ready(), application.probes().is_live()), (false, live));
        tokio::time::sleep(millis(1_000)).await;
        assert_eq!((health.ready(), health.live()), (true, true), "degraded is good enough");
        application.stop().await.unwrap();
        assert_eq!((health.ready(), health.live()), (false, false));
    }
}

#[tokio::test(start_paused = true)]
async fn l16_a_service_is_at_most_degraded_while_what_it_needs_is_unhealthy() {
    let log = Log::new();
    let (application, health) = started([
        Scripted::node(&log, "venue", 10, [Answer::Unhealthy, Answer::Healthy]),
        Scripted::node(&log, "market", 10, [Answer::Healthy]).after([0]),
        PlanNode::new("signals").after([1]),
        PlanNode::new("clock"),
    ])
    .await;
    tokio::time::sleep(millis(20)).await;
    let seen = |name| {
        let record = record(&health, name);
        (record.status, record.effective, record.because_of, record.dependencies)
    };
    use HealthStatus::{Degraded, Healthy, Unhealthy};
    assert_eq!(seen("venue"), (Unhealthy, Unhealthy, vec![], vec![]));
    assert_eq!(seen("market"), (Healthy, Degraded, vec!["venue"], vec!["venue"]));
    assert_eq!(seen("signals"), (Healthy, Degraded, vec!["venue"], vec!["market"]));
    assert_eq!(seen("clock"), (Healthy, Healthy, vec![], vec![]));
    tokio::time::sleep(millis(1_000)).await;
    assert_eq!(health.overall(), Healthy);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l16_changes_are_told_until_the_application_has_stopped() {
    let log = Log::new();
    let nodes =
        [Scripted::node(&log, "venue", 10, [Answer::Healthy, Answer::Unhealthy]), PlanNode::new("market").after([0])];
    let application = Application::new(Plan::new(nodes).unwrap()).with_settings(settings()).unwrap();
    let mut events = application.health().subscribe();
    application.start().await.unwrap();
    tokio::time::sleep(millis(1_500)).await;
    application.stop().await.unwrap();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        told.push(match &event {
            HealthEvent::Changed(change) => format!("{} {} -> {}", change.service, change.from, change.to),
            HealthEvent::Unhealthy(unhealthy) => {
                assert_eq!(unhealthy.suggested_actions, ["restart it"]);
                assert_eq!(unhealthy.at, millis(1_010));
                format!("{}: {:?}, affects {:?}", unhealthy.service, unhealthy.errors, unhealthy.affects)
            }
            other => panic!("{other:?}"),
        });
    }
    let unhealthy = told.iter().position(|line| line.starts_with("venue:")).unwrap();
    assert_eq!(told[unhealthy - 1], "venue healthy -> unhealthy");
    assert_eq!(told[unhealthy], "venue: [\"it is down\"], affects [\"market\"]");
    assert_eq!(told[unhealthy + 1], "market healthy -> degraded");
    let last: Vec<_> = told.iter().rev().take(2).filter(|line| line.ends_with("-> stopped")).collect();
    assert_eq!(last.len(), 2, "{told:?}");
    assert!(application.health().subscribe().next().await.is_none(), "nothing changes any more");
}

#[tokio::test(start_paused = true)]
async fn l16_a_check_ends_with_its_service() {
    let log = Log::new();
    let nodes = [Scripted::node(&log, "venue", 100, [Answer::Healthy]).hooks(Arc::new(Slow))];
    let application = Application::new(Plan::new(nodes).unwrap()).with_settings(settings()).unwrap();
    let (registry, health) = (application.registry(), application.health());
    application.start().await.unwrap();
    tokio::time::sleep(millis(50)).await;
    let (stopped, records) = tokio::join!(registry.stop("venue"), health.check_now());
    stopped.unwrap();
    assert_eq!(
        (records[0].status, records[0].took),
        (HealthStatus::Stopping, None),
        "cancelled, and waited for by nobody"
    );
    registry.start("venue").await.unwrap();
    tokio::time::sleep(millis(110)).await;
    let venue = record(&health, "venue");
    assert_eq!((venue.took, venue.last_heartbeat), (Some(millis(100)), Some(venue.at - millis(10))));
    assert_eq!(log.lines(), ["venue check", "venue check"]);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l16_what_was_found_in_one_run_says_nothing_about_the_next() {
    let log = Log::new();
    let (application, health) =
        started([Scripted::node(&log, "venue", 100, [Answer::Unhealthy, Answer::Healthy])]).await;
    let registry = application.registry();
    tokio::time::sleep(millis(150)).await;
    assert!(!health.ready() && !health.live());
    registry.stop("venue").await.unwrap();
    registry.start("venue").await.unwrap();
    let venue = record(&health, "venue");
    assert_eq!((venue.status, venue.took, venue.errors), (HealthStatus::Healthy, None, vec![]));
    assert!(health.ready() && health.live());
    application.stop().await.unwrap();
}

/// It takes its time to stop.
struct Slow;

#[interface]
impl Lifecycle for Slow {
    async fn stop(&self) -> Result<(), BoxError> {
        tokio::time::sleep(millis(200)).await;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn l16_the_last_hundred_records_and_a_day_of_counts_are_kept() {
    let log = Log::new();
    let mut answers = [Answer::Healthy; 3_000];
    answers[1_000..].fill(Answer::Unhealthy);
    let (application, health) = started([Scripted::node(&log, "venue", 0, answers)]).await;
    tokio::time::sleep(millis(1_000 * 1_200 - 500)).await;
    let history = health.history("venue");
    assert_eq!(history.len(), 100);
    assert!(history.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert_eq!(history[99].at, millis(1_199_000));
    let trend = health.trend("venue", Duration::from_secs(3_600)).unwrap();
    assert_eq!((trend.looks(), trend.unhealthy, trend.direction), (1_201, 200, Direction::Steady));
    let trend = health.trend("venue", Duration::from_secs(600)).unwrap();
    assert_eq!(trend.direction, Direction::Worsening);
    assert!(health.history("nobody").is_empty() && health.trend("nobody", millis(1)).is_none());
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l16_records_are_json() {
    let log = Log::new();
    let (application, health) = started([
        Scripted::node(&log, "venue", 20, [Answer::Fails]).health_external(),
        PlanNode::new("market").after([0]),
    ])
    .await;
    health.check_now().await;
    let json = serde_json::to_value(health.current()).unwrap();
    assert_eq!(
        json[1],
        serde_json::json!({
            "service": "market", "status": "healthy", "effective": "degraded", "because_of": ["venue"],
            "dependencies": ["venue"], "external": false, "at_ms": 20.0, "last_heartbeat_ms": null, "took_ms": null,
            "errors": [], "metadata": {}, "suggested_actions": [],
        })
    );
    assert_eq!((&json[0]["errors"][0], &json[0]["took_ms"]), (&"connection refused".into(), &20.0.into()));
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l16_a_task_that_died_makes_its_service_unhealthy_with_advice() {
    let log = Log::new();
    let venue = Service::new(&log, "venue").also(|context| {
        context.spawn("feed", async {
            tokio::time::sleep(millis(100)).await;
            Err("out of feed".into())
        });
    });
    let drain = settings().drain(millis(500));
    let application = Application::new(Plan::new([venue.node()]).unwrap()).with_settings(drain).unwrap();
    let health = application.health();
    application.start().await.unwrap();
    tokio::time::sleep(millis(300)).await;
    let venue = record(&health, "venue");
    assert_eq!(venue.status, HealthStatus::Unhealthy, "it drains, and is not stopped yet");
    assert!(venue.errors[0].starts_with("the task `feed` of `venue` died: out of feed"), "{:?}", venue.errors);
    assert!(venue.suggested_actions.iter().any(|action| action.contains("background task")));
    application.stop().await.unwrap_err();
}

/// On real threads: a check that does not even give its thread back holds up neither the others nor the stop.
#[test]
fn l16_a_check_that_blocks_its_thread_holds_up_neither_the_others_nor_the_stop() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    runtime.block_on(async {
        let log = Log::new();
        let quick = Settings::default().health_interval(millis(20)).health_timeout(millis(20));
        let blocks = Scripted::node(&log, "blocks", 0, [Answer::Blocks(3_000)]);
        let nodes = [blocks, Scripted::node(&log, "fine", 0, [Answer::Healthy])];
        let application = Application::new(Plan::new(nodes).unwrap()).with_settings(quick).unwrap();
        application.start().await.unwrap();
        let health = application.health();
        while health.history("fine").len() < 6 || record(&health, "blocks").status != HealthStatus::Unhealthy {
            tokio::time::sleep(millis(5)).await;
        }
        assert_eq!(log.lines().iter().filter(|line| *line == "blocks check").count(), 1, "no second one beside it");
        application.stop().await.unwrap();
        assert!(log.at("blocks check").is_some_and(|began| Instant::now().elapsed().as_millis() < began + 3_000));
    });
    runtime.shutdown_background();
}

#[cfg(feature = "events")]
#[tokio::test(start_paused = true)]
async fn l16_changes_are_published_on_the_bus_and_a_slow_subscriber_holds_up_nothing() {
    use di_core::events::{Bus, Overflow};
    use di_core::health::{HealthChanged, ServiceUnhealthy};

    let log = Log::new();
    let nodes = [Scripted::node(&log, "venue", 10, [Answer::Healthy, Answer::Unhealthy])];
    let application = Application::new(Plan::new(nodes).unwrap()).with_settings(settings()).unwrap();
    let bus = Bus::new();
    let mut unhealthy = bus.topic::<ServiceUnhealthy>().subscribe("alerts", Overflow::DropOldest(16));
    // It takes nothing, and would have its publisher wait.
    let _stuck = bus.topic::<HealthChanged>().subscribe("stuck", Overflow::Wait(1));
    application.health().publish_on(&bus);
    application.start().await.unwrap();
    let alert = unhealthy.next().await.unwrap();
    assert_eq!((alert.service, alert.at), ("venue", millis(1_010)));
    assert_eq!((alert.errors, alert.suggested_actions), (vec!["it is down".to_owned()], vec!["restart it".to_owned()]));
    application.stop().await.unwrap();
    let topics = bus.topics();
    let names: Vec<_> = topics.iter().map(|topic| topic.name).collect();
    assert_eq!(names, ["service.health_changed", "service.unhealthy"]);
    let changed = topics[0].counters;
    assert_eq!((changed.published, changed.lagged), (3, 2), "healthy, ill, stopped: the first was queued");
}

#[cfg(feature = "events")]
#[tokio::test(start_paused = true)]
async fn l16_a_bus_that_is_given_twice_is_told_once() {
    use di_core::events::Bus;

    let application = Application::new(Plan::new([PlanNode::new("venue")]).unwrap());
    let (bus, other) = (Bus::new(), Bus::new());
    for bus in [&bus, &other, &bus] {
        application.health().publish_on(bus);
    }
    application.start().await.unwrap();
    application.stop().await.unwrap();
    for bus in [bus, other] {
        let changed = bus.topics().into_iter().find(|topic| topic.name == "service.health_changed").unwrap();
        assert_eq!(changed.counters.published, 2, "healthy, stopped");
    }
}
