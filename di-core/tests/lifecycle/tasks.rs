//! L13: background tasks are owned, restarted, noticed when they die, and ended with their service.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use di_core::lifecycle::{Backoff, Context, Failure, Restart, StartCause, State, Step, StopReason};

use crate::world::{Dropped, Log, Script, Service, application, millis, settings, with};

/// A task that dies every `every` milliseconds, and counts how often it was made.
fn mortal(context: &Context, restart: Restart, every: u64, made: &Arc<AtomicU32>) {
    let made = Arc::clone(made);
    context.supervise("mortal", restart, move |_| {
        made.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(millis(every)).await;
            Err("it is its fate".into())
        }
    });
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_dies_stops_the_application_with_its_cause() {
    for panics in [false, true] {
        let log = Log::new();
        let application = application([
            Service::new(&log, "app").node().after([1]),
            Service::new(&log, "venue")
                .also(move |context| {
                    context.spawn("feed", async move {
                        tokio::time::sleep(millis(100)).await;
                        assert!(!panics, "out of feed");
                        Err("out of feed".into())
                    });
                })
                .node(),
        ]);
        application.start().await.unwrap();
        let error = application.finished().await.unwrap_err();
        let first = &error.failures()[0];
        assert_eq!((first.service(), first.step(), first.took()), ("venue", &Step::Task("feed".into()), millis(100)));
        assert_eq!(matches!(first.failure(), Failure::Panicked(_)), panics);
        assert!(error.to_string().contains("the task `feed` of `venue` died: "), "{error}");
        let reason = StopReason::TaskDied { service: "venue", task: "feed".into() };
        assert_eq!(error.report().unwrap().reason(), &reason);
        assert_eq!(log.of(" stop ok"), ["app", "venue"]);
        assert_eq!(application.state(), State::Stopped);
    }
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_whose_end_is_that_of_the_application_can_wait_until_all_have_started() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").start(Script::Ok(500)).node().after([1]),
        Service::new(&log, "venue")
            .also(|context| {
                let application = context.clone();
                context.spawn("feed", async move {
                    application.probes().until_started().await;
                    application.request_stop();
                    Ok(())
                });
            })
            .node(),
    ]);
    application.start().await.unwrap();
    assert_eq!(application.finished().await.unwrap().reason(), &StopReason::Asked);
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_dies_during_the_start_is_its_first_cause() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").start(Script::Ok(500)).node().after([1]),
        Service::new(&log, "venue").also(|context| context.spawn("feed", async { Err("no".into()) })).node(),
    ]);
    let error = application.start().await.unwrap_err();
    assert!(matches!(error.cause(), StartCause::Service(death) if death.step() == &Step::Task("feed".into())));
    assert_eq!(log.of(" start"), ["venue"]);
    assert_eq!(log.of(" abort ok"), ["venue"]);
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_is_restarted_within_its_intensity_and_no_more() {
    let log = Log::new();
    let made = Arc::new(AtomicU32::new(0));
    let restart = Restart::OnFailure { intensity: 3, period: millis(1_000), backoff: Backoff::NONE };
    let counts = Arc::clone(&made);
    let venue = Service::new(&log, "venue").also(move |context| mortal(context, restart, 100, &counts));
    let application = application([venue.node()]);
    application.start().await.unwrap();
    let error = application.finished().await.unwrap_err();
    assert_eq!(made.load(Ordering::Relaxed), 1 + 3);
    assert_eq!(log.at("venue stop"), Some(400), "the fourth death within the period");
    assert!(matches!(error.failures()[0].step(), Step::Task(name) if name == "mortal"));
}

#[tokio::test(start_paused = true)]
async fn l13_restarts_back_off_exponentially_and_a_long_life_is_a_new_beginning() {
    let log = Log::new();
    let lives = Arc::new(Mutex::new(vec![0, 0, 0, 0, 5_000, 0].into_iter()));
    let backoff = Backoff { initial: millis(100), multiplier: 3, max: millis(500) };
    let restart = Restart::OnFailure { intensity: 4, period: millis(3_000), backoff };
    let says = log.clone();
    let venue = Service::new(&log, "venue").also(move |context| {
        let (says, lives) = (says.clone(), Arc::clone(&lives));
        context.supervise("mortal", restart, move |_| {
            says.say("made");
            let life = lives.lock().unwrap().next();
            async move {
                let Some(ms) = life else { return Ok(()) };
                tokio::time::sleep(millis(ms)).await;
                Err("it is its fate".into())
            }
        });
    });
    let application = application([venue.node()]);
    application.start().await.unwrap();
    tokio::time::sleep(millis(20_000)).await;
    let made: Vec<_> = log.timed().into_iter().filter(|(_, line)| line == "made").map(|(at, _)| at).collect();
    let long_life = 100 + 300 + 500 + 500;
    assert_eq!(made, [0, 100, 400, 900, 1_400, long_life + 5_000 + 100, long_life + 5_000 + 100 + 300]);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_waits_for_its_restart_holds_up_no_stop() {
    let log = Log::new();
    let backoff = Backoff { initial: millis(900), multiplier: 1, max: millis(900) };
    let restart = Restart::OnFailure { intensity: 4, period: millis(3_000), backoff };
    let made = Arc::new(AtomicU32::new(0));
    let counts = Arc::clone(&made);
    let venue = Service::new(&log, "venue").also(move |context| mortal(context, restart, 0, &counts));
    let application = application([venue.node()]);
    application.start().await.unwrap();
    tokio::time::sleep(millis(100)).await;
    let report = application.stop().await.unwrap();
    assert_eq!((report.total(), made.load(Ordering::Relaxed)), (millis(10), 1));
}

#[tokio::test(start_paused = true)]
async fn l13_deaths_that_are_far_enough_apart_never_stop_the_application() {
    let log = Log::new();
    let made = Arc::new(AtomicU32::new(0));
    let restart = Restart::OnFailure { intensity: 3, period: millis(1_000), backoff: Backoff::NONE };
    let counts = Arc::clone(&made);
    let venue = Service::new(&log, "venue").also(move |context| mortal(context, restart, 400, &counts));
    let application = application([venue.node()]);
    application.start().await.unwrap();
    tokio::time::sleep(millis(40_100)).await;
    assert_eq!(application.state(), State::Running);
    assert_eq!(made.load(Ordering::Relaxed), 101);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_is_done_is_not_dead() {
    let log = Log::new();
    let venue = Service::new(&log, "venue").also(|context| context.spawn("warm up", async { Ok(()) }));
    let application = application([venue.node()]);
    application.start().await.unwrap();
    tokio::time::sleep(millis(100)).await;
    assert_eq!(application.state(), State::Running);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_is_dropped_and_awaited_after_the_stop_hook_and_before_what_its_service_needs() {
    let log = Log::new();
    let spawned = log.clone();
    let app = Service::new(&log, "app").also(move |context| {
        let log = spawned.clone();
        context.spawn("feed", async move {
            let _alive = Dropped { log: &log, line: Some("feed dropped".to_owned()) };
            std::future::pending().await
        });
    });
    let application = application([app.node().after([1]), Service::new(&log, "venue").node()]);
    application.start().await.unwrap();
    application.stop().await.unwrap();
    assert_eq!(log.lines()[4..], ["app stop", "app stop ok", "feed dropped", "venue stop", "venue stop ok"]);
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_listens_may_finish_its_work_within_the_stop_budget() {
    for (needs, ends) in [(600, true), (5_000, false)] {
        let log = Log::new();
        let spawned = log.clone();
        let venue = Service::new(&log, "venue").also(move |context| {
            let log = spawned.clone();
            context.supervise("flush", Restart::Never, move |stopping| {
                let log = log.clone();
                async move {
                    stopping.requested().await;
                    log.say("told");
                    tokio::time::sleep(millis(needs)).await;
                    log.say("flushed");
                    Ok(())
                }
            });
        });
        let application = with([venue.node()], settings());
        application.start().await.unwrap();
        let result = application.stop().await;
        assert_eq!(log.at("told"), Some(10), "before the hook has ended");
        assert_eq!(log.at("flushed"), ends.then_some(10 + u128::from(needs)));
        assert_eq!(result.is_ok(), ends);
        if let Err(error) = result {
            let text = "the task `flush` of `venue` did not end: it had 990ms, and that was not enough (after 990ms)";
            assert_eq!(error.to_string(), text);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_fails_while_its_service_stops_is_named_and_not_restarted() {
    let log = Log::new();
    let made = Arc::new(AtomicU32::new(0));
    let counts = Arc::clone(&made);
    let venue = Service::new(&log, "venue").also(move |context| {
        let made = Arc::clone(&counts);
        let restart = Restart::OnFailure { intensity: 3, period: millis(1_000), backoff: Backoff::NONE };
        context.supervise("flush", restart, move |stopping| {
            made.fetch_add(1, Ordering::Relaxed);
            async move {
                stopping.requested().await;
                Err("disk full".into())
            }
        });
    });
    let application = application([venue.node()]);
    application.start().await.unwrap();
    let error = application.stop().await.unwrap_err();
    assert_eq!(made.load(Ordering::Relaxed), 1);
    assert!(error.to_string().starts_with("the task `flush` of `venue` died: disk full"), "{error}");
    assert_eq!(error.report().unwrap().reason(), &StopReason::Asked);
}

#[tokio::test(start_paused = true)]
async fn l13_nothing_is_run_for_a_service_that_has_stopped() {
    let log = Log::new();
    let kept: Arc<Mutex<Option<Context>>> = Arc::default();
    let keeps = Arc::clone(&kept);
    let venue = Service::new(&log, "venue").also(move |context| *keeps.lock().unwrap() = Some(context.clone()));
    let application = application([venue.node()]);
    application.start().await.unwrap();
    application.stop().await.unwrap();
    let says = log.clone();
    let context = kept.lock().unwrap().take().unwrap();
    context.spawn("late", async move {
        says.say("late");
        Ok(())
    });
    tokio::time::sleep(millis(10)).await;
    assert!(log.at("late").is_none());
}

#[tokio::test(start_paused = true)]
async fn l13_a_task_that_hangs_is_dropped_beside_those_that_have_ended() {
    for first in ["drains", "hangs"] {
        let log = Log::new();
        let venue = Service::new(&log, "venue").also(move |context| {
            let second = if first == "drains" { "hangs" } else { "drains" };
            for name in [first, second] {
                context.spawn_until(name, move |stopping| async move {
                    stopping.requested().await;
                    if name == "hangs" {
                        std::future::pending::<()>().await;
                    }
                    Ok(())
                });
            }
        });
        let application = with([venue.node()], settings().stop_budget_of("venue", millis(300)));
        application.start().await.unwrap();
        let error = application.stop().await.unwrap_err();
        let late: Vec<_> = error.failures().iter().map(|failure| failure.step().clone()).collect();
        assert_eq!(late, [Step::Task("hangs".into())]);
    }
}
