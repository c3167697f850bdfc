//! L10: a start that is cancelled, by a stop or because nobody waits for it any more.

use di_core::lifecycle::{StartCause, State, StopReason};

use crate::world::{Log, Script, Service, application, millis};

#[tokio::test(start_paused = true)]
async fn l10_a_stop_during_the_start_cancels_and_rolls_back_and_says_where() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").node().after([1]),
        Service::new(&log, "market").start(Script::Ok(500)).node().after([2]),
        Service::new(&log, "venue").node(),
    ]);
    let (started, stopped) = tokio::join!(application.start(), async {
        tokio::time::sleep(millis(100)).await;
        application.stop().await
    });
    let error = started.unwrap_err();
    assert!(error.is_cancelled());
    let StartCause::Cancelled { reason, place } = error.cause() else { panic!("{error}") };
    assert_eq!((reason, place.as_slice()), (&StopReason::Asked, ["market"].as_slice()));
    assert_eq!(error.to_string(), "the start was cancelled while `market` was starting: it was asked to");
    assert_eq!(stopped.unwrap().reason(), &StopReason::Asked);
    assert_eq!(
        log.lines()[3..],
        ["market start dropped", "market abort", "market abort ok", "venue stop", "venue stop ok"]
    );
}

#[tokio::test(start_paused = true)]
async fn l10_a_service_can_ask_for_the_stop_from_within_its_start() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").node().after([1]),
        Service::new(&log, "venue").start(Script::Ok(5)).also(|context| context.request_stop()).node(),
    ]);
    let error = application.start().await.unwrap_err();
    assert!(matches!(error.cause(), StartCause::Cancelled { place, .. } if place == &["venue"]));
}

#[tokio::test(start_paused = true)]
async fn l10_a_start_that_nobody_waits_for_is_cancelled_and_rolled_back() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "market").start(Script::Ok(500)).node().after([1]),
        Service::new(&log, "venue").node(),
    ]);
    tokio::time::timeout(millis(100), application.start()).await.unwrap_err();
    let report = application.finished().await.unwrap();
    assert_eq!(report.reason(), &StopReason::StartDropped);
    assert_eq!(log.of(" abort ok"), ["market"]);
    assert_eq!(log.of(" stop ok"), ["venue"]);
}

#[tokio::test(start_paused = true)]
async fn l10_a_stop_before_the_start_keeps_it_from_happening() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").node()]);
    assert!(application.stop().await.unwrap().services().is_empty());
    assert!(application.start().await.unwrap_err().is_cancelled());
    assert_eq!(application.state(), State::Stopped);
    assert!(log.lines().is_empty());
}
