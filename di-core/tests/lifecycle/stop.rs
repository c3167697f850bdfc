//! L3, L7, L9, L14, L15: the order, the budgets and the probes of a stop, and what happens without one.

use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::interface;
use di_core::lifecycle::{Context, Failure, HealthStatus, Lifecycle, PlanNode, State, Step, StopResult};

use crate::world::{Log, Script, Service, application, heard, millis, settings, with};

#[tokio::test(start_paused = true)]
async fn l07_every_started_service_is_stopped_dependents_first_even_if_some_fail() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").stop(Script::Fail(5)).node().after([1, 2]),
        Service::new(&log, "hangs").stop(Script::Hang).node().after([3]),
        Service::new(&log, "panics").stop(Script::Panic(5)).node().after([3]),
        Service::new(&log, "base").node(),
        Service::new(&log, "alone").node(),
    ]);
    application.start().await.unwrap();
    let error = application.stop().await.unwrap_err();
    let failures: Vec<_> = error.failures().iter().map(|failure| (failure.service(), failure.took())).collect();
    assert_eq!(failures, [("app", millis(5)), ("panics", millis(5)), ("hangs", millis(1_000))]);
    assert_eq!(log.at("alone stop ok"), Some(20 + 10 + 10), "it waits for nobody: {:?}", log.timed());
    assert!(log.at("hangs stop dropped") <= log.at("base stop"));
    assert_eq!(log.at("base stop"), Some(30 + 5 + 1_000));
    let results: Vec<_> =
        error.report().unwrap().services().iter().map(|service| (service.service, service.result)).collect();
    assert_eq!(
        results,
        [
            ("alone", StopResult::Stopped),
            ("app", StopResult::Failed),
            ("panics", StopResult::Failed),
            ("hangs", StopResult::Abandoned),
            ("base", StopResult::Stopped),
        ]
    );
    let hangs = application.services().into_iter().find(|service| service.service == "hangs").unwrap();
    assert_eq!(hangs.status, HealthStatus::Stopping, "what was abandoned has not stopped");
}

#[tokio::test(start_paused = true)]
async fn l03_when_the_total_is_used_up_each_service_is_still_attempted() {
    let log = Log::new();
    let application = with(
        [
            Service::new(&log, "app").stop(Script::Hang).node().after([1]),
            Service::new(&log, "market").stop(Script::Hang).node().after([2]),
            Service::new(&log, "venue").stop(Script::Ok(50)).node(),
        ],
        settings().stop_budget_of("app", millis(2_000)).stop_total(millis(700)).last_call(millis(100)),
    );
    application.start().await.unwrap();
    let error = application.stop().await.unwrap_err();
    let failures: Vec<_> = error.failures().iter().map(|failure| (failure.service(), failure.took())).collect();
    assert_eq!(failures, [("app", millis(700)), ("market", millis(100))]);
    assert!(matches!(error.failures()[0].failure(), Failure::TimedOut { budget } if *budget == millis(700)));
    assert_eq!(log.at("venue stop ok"), Some(30 + 700 + 100 + 50));
}

#[tokio::test(start_paused = true)]
async fn l09_a_second_stop_awaits_the_first_and_returns_its_result() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").stop(Script::Fail(100)).node()]);
    application.start().await.unwrap();
    let (first, second) = tokio::join!(application.stop(), async {
        tokio::time::sleep(millis(50)).await;
        application.stop().await
    });
    let third = application.stop().await;
    for result in [first, second, third] {
        assert_eq!(result.unwrap_err().to_string(), "`venue` could not stop: venue fails to stop (after 100ms)");
    }
    assert_eq!(log.of(" stop").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn l09_a_stop_that_nobody_waits_for_goes_on() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").stop(Script::Ok(100)).node()]);
    application.start().await.unwrap();
    tokio::time::timeout(millis(10), application.stop()).await.unwrap_err();
    application.finished().await.unwrap();
    assert_eq!(log.of(" stop ok"), ["venue"]);
}

#[tokio::test(start_paused = true)]
async fn l14_readiness_goes_down_before_the_first_stop_hook_and_liveness_stays_up() {
    let log = Log::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    let watcher = Service::new(&log, "watcher").stop(Script::Ok(100)).also(move |context| {
        let (probes, time, seen) = (context.probes(), Arc::clone(context.time()), Arc::clone(&sees));
        context.spawn("watch", async move {
            let mut last = None;
            loop {
                let now = (probes.is_ready(), probes.is_live());
                if last.replace(now) != Some(now) {
                    seen.lock().unwrap().push((time.now().as_millis(), now.0, now.1));
                }
                tokio::time::sleep(millis(1)).await;
            }
        });
    });
    let application = with([watcher.node()], settings().drain(millis(500)));
    let probes = application.probes();
    assert!(!probes.is_ready() && probes.is_live());
    application.start().await.unwrap();
    assert!(probes.is_ready());
    tokio::time::sleep(millis(90)).await;
    application.request_stop();
    assert!(!probes.is_ready() && probes.is_live(), "at once");
    tokio::time::sleep(millis(1)).await;
    assert_eq!(application.state(), State::Draining);
    application.finished().await.unwrap();
    assert!(!probes.is_ready() && !probes.is_live());
    let at = |line| u64::try_from(log.at(line).unwrap()).unwrap();
    assert_eq!(at("watcher stop"), 100 + 500);
    let seen = seen.lock().unwrap().clone();
    assert!(matches!(seen[..], [(0, false, true), (10 | 11, true, true), (100 | 101, false, true)]), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn l14_a_failed_start_is_never_ready_and_does_not_drain() {
    let log = Log::new();
    let fails = Service::new(&log, "fails").start(Script::Fail(10)).node();
    let application = with([fails], settings().drain(millis(500)));
    application.start().await.unwrap_err();
    assert_eq!(log.at("fails abort"), Some(10));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

#[test]
fn l15_dropping_a_started_application_is_loud_and_never_blocks() {
    let text = heard(|| {
        runtime().block_on(async {
            let log = Log::new();
            let spawned = log.clone();
            let venue = Service::new(&log, "venue").stop(Script::Hang).also(move |context| {
                let log = spawned.clone();
                context.spawn("feed", async move {
                    let _alive = crate::world::Dropped { log: &log, line: Some("feed dropped".to_owned()) };
                    std::future::pending().await
                });
            });
            let application = application([venue.node(), PlanNode::new("input")]);
            application.start().await.unwrap();
            let before = tokio::time::Instant::now();
            drop(application);
            tokio::time::sleep(millis(1)).await;
            assert!(before.elapsed() <= millis(2));
            assert_eq!(log.lines(), ["venue start", "venue start ok", "feed dropped"]);
        });
    });
    assert!(
        text.contains("ERROR") && text.contains("dropped without having been stopped") && text.contains(": venue\n"),
        "{text}"
    );
}

#[test]
fn l15_dropping_what_was_stopped_or_never_started_is_silent() {
    let text = heard(|| {
        runtime().block_on(async {
            let log = Log::new();
            drop(application([Service::new(&log, "never").node()]));
            let stopped = application([Service::new(&log, "venue").node()]);
            stopped.start().await.unwrap();
            stopped.stop().await.unwrap();
        });
    });
    assert!(!text.contains("ERROR"), "{text}");
    assert!(text.contains("start{service=\"venue\"}") || text.contains("started service=\"venue\""), "{text}");
}

/// A service that says something in each of its hooks.
struct Talks;

#[interface]
impl Lifecycle for Talks {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        tracing::info!("hello");
        context.spawn("chat", async {
            tracing::info!("well");
            Ok(())
        });
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        tracing::info!("goodbye");
        Ok(())
    }
}

#[test]
fn l17_every_hook_and_task_has_a_span_that_names_its_service() {
    let text = heard(|| {
        runtime().block_on(async {
            let application = application([PlanNode::new("talks").hooks(Arc::new(Talks))]);
            application.start().await.unwrap();
            tokio::time::sleep(millis(1)).await;
            application.stop().await.unwrap();
        });
    });
    for line in [
        "start{service=\"talks\"}: lifecycle::stop: hello",
        " task{service=\"talks\" task=chat}: lifecycle::stop: well",
        "stop{service=\"talks\"}: lifecycle::stop: goodbye",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn l15_dropping_what_is_stopping_is_loud_and_it_goes_on_stopping() {
    let log = Log::new();
    let text = heard(|| {
        runtime().block_on(async {
            let application = application([Service::new(&log, "venue").stop(Script::Ok(50)).node()]);
            application.start().await.unwrap();
            tokio::time::timeout(millis(5), application.stop()).await.unwrap_err();
            drop(application);
            tokio::time::sleep(millis(100)).await;
        });
    });
    assert!(text.contains("dropped before it had stopped") && text.contains("still running: venue"), "{text}");
    assert_eq!(log.of(" stop ok"), ["venue"]);
}

#[tokio::test(start_paused = true)]
async fn l07_a_stop_hook_that_hangs_is_named_with_its_budget_and_its_time() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").stop(Script::Hang).node()]);
    application.start().await.unwrap();
    let error = application.stop().await.unwrap_err();
    assert_eq!(error.failures()[0].step(), &Step::Stop);
    assert_eq!(error.to_string(), "`venue` could not stop: it had 1s, and that was not enough (after 1s)");
}
