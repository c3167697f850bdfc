//! L4, L5, L6, L8, L11: starts that fail.

use di_core::lifecycle::{Failure, ServiceFailure, StartCause, StartError, State, Step, StopReason};

use crate::world::{Log, Script, Service, application, millis, settings, with};

fn cause(error: &StartError) -> &ServiceFailure {
    match error.cause() {
        StartCause::Service(failure) => failure,
        other => panic!("not a failure of a service: {other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn l04_a_failed_start_rolls_back_in_reverse_order() {
    for (script, took) in [(Script::Fail(30), 30), (Script::Panic(30), 30), (Script::Hang, 1_000)] {
        let log = Log::new();
        let application = application([
            Service::new(&log, "app").start(script).node().after([1]),
            Service::new(&log, "market").node().after([2]),
            Service::new(&log, "venue").node(),
        ]);
        let error = application.start().await.unwrap_err();
        assert_eq!((cause(&error).service(), cause(&error).took()), ("app", millis(took)));
        assert_eq!(log.of(" stop ok"), ["market", "venue"]);
        assert!(log.at("app abort ok") <= log.at("market stop"));
        assert_eq!(application.state(), State::Stopped);
        let rollback = application.stop().await.unwrap();
        assert_eq!(rollback.reason(), &StopReason::StartFailed);
    }
}

#[tokio::test(start_paused = true)]
async fn l04_the_rollback_has_a_stop_budget_of_its_own() {
    let log = Log::new();
    let settings = settings().start_total(millis(500)).stop_total(millis(900));
    let application = with(
        [
            Service::new(&log, "app").start(Script::Hang).node().after([1]),
            Service::new(&log, "venue").stop(Script::Ok(800)).node(),
        ],
        settings,
    );
    let error = application.start().await.unwrap_err();
    assert!(error.rollback().is_empty(), "{error}");
    assert_eq!(log.at("venue stop ok"), Some(500 + 10 + 800));
}

#[tokio::test(start_paused = true)]
async fn l05_siblings_are_cancelled_and_awaited_and_get_on_abort_and_not_stop() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "fails").start(Script::Fail(50)).node().after([2]),
        Service::new(&log, "sibling").start(Script::Hang).node().after([2]),
        Service::new(&log, "base").node(),
    ]);
    application.start().await.unwrap_err();
    let lines = log.lines();
    let place = |line: &str| lines.iter().position(|other| other == line).unwrap();
    assert!(place("sibling start dropped") < place("sibling abort"));
    assert!(place("sibling start dropped") < place("fails abort"), "it is awaited before the rollback begins");
    assert!(place("sibling abort ok").max(place("fails abort ok")) < place("base stop"));
    assert_eq!(log.of(" stop"), ["base"]);
}

/// A start that cannot be cancelled, because it blocks its thread and never reaches an `.await`.
#[test]
fn l05_a_sibling_that_blocks_its_thread_is_named_and_nothing_runs_beside_it() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let log = Log::new();
    let blocks = Service::new(&log, "blocks").also(move |_| {
        let _released = released.lock().unwrap().recv();
    });
    let application = with(
        [
            blocks.node().after([2]),
            Service::new(&log, "fails").start(Script::Fail(20)).node().after([2]),
            Service::new(&log, "base").node(),
        ],
        settings().stop_budget(millis(1_000)),
    );
    let error = runtime.block_on(application.start()).unwrap_err();
    release.send(()).unwrap();
    assert_eq!(cause(&error).service(), "fails");
    assert_eq!(error.siblings().len(), 1);
    assert_eq!(error.siblings()[0].service(), "blocks");
    assert!(matches!(error.siblings()[0].failure(), Failure::Abandoned));
    assert_eq!(log.of(" abort"), ["fails"]);
    assert_eq!(log.of(" stop ok"), ["base"]);
}

#[tokio::test(start_paused = true)]
async fn l06_the_first_cause_is_returned_and_the_others_are_attached() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "late").start(Script::Fail(50)).node().after([3]),
        Service::new(&log, "first").start(Script::Fail(40)).abort(Script::Panic(1)).node().after([3]),
        Service::new(&log, "same").start(Script::Fail(40)).abort(Script::Hang).node().after([3]),
        Service::new(&log, "base").stop(Script::Fail(5)).node(),
    ]);
    let error = application.start().await.unwrap_err();
    assert_eq!((cause(&error).service(), cause(&error).step()), ("first", &Step::Start));
    assert_eq!(cause(&error).took(), millis(40));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "first fails to start");
    let siblings: Vec<_> = error.siblings().iter().map(ServiceFailure::service).collect();
    assert_eq!(siblings, ["same"], "`late` was cancelled and did not fail");
    let rollback: Vec<_> = error.rollback().iter().map(|failure| (failure.service(), failure.step())).collect();
    assert_eq!(rollback, [("first", &Step::OnAbort), ("same", &Step::OnAbort), ("base", &Step::Stop)]);
    let text = error.to_string();
    assert!(text.starts_with("`first` could not start: first fails to start (after 40ms); at the same time: `same`"));
    assert!(text.contains("; then: `base` could not stop: base fails to stop (after 5ms)"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn l08_a_service_that_did_not_start_is_never_stopped() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "never").node().after([1]),
        Service::new(&log, "fails").start(Script::Fail(1)).node(),
        Service::new(&log, "other").node().after([0]),
    ]);
    application.start().await.unwrap_err();
    application.stop().await.unwrap();
    assert_eq!(log.lines(), ["fails start", "fails abort", "fails abort ok"]);
}

#[tokio::test(start_paused = true)]
async fn l11_a_panic_in_a_hook_is_a_failure_of_that_hook() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "starts").start(Script::Panic(0)).abort(Script::Panic(0)).node().after([1]),
        Service::new(&log, "stops").stop(Script::Panic(0)).node(),
    ]);
    let error = application.start().await.unwrap_err();
    let said = |failure: &ServiceFailure| match failure.failure() {
        Failure::Panicked(message) => message.clone(),
        other => panic!("no panic: {other}"),
    };
    assert_eq!(said(cause(&error)), "starts panics in start");
    let rollback: Vec<_> = error.rollback().iter().map(said).collect();
    assert_eq!(rollback, ["starts panics in abort", "stops panics in stop"]);
}

#[tokio::test(start_paused = true)]
async fn l11_a_hook_that_panics_before_its_first_await_is_no_different() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").also(|_| panic!("at once")).node()]);
    let error = application.start().await.unwrap_err();
    assert!(matches!(cause(&error).failure(), Failure::Panicked(message) if message == "at once"));
}
