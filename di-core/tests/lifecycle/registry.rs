//! Single services by name: found, stopped with what needs them, started with what they need.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use di_core::lifecycle::{
    Application, Context, HealthStatus, PlanNode, RegistryError, StartCause, StartResult, State, Step, StopReason,
};

use crate::world::{Log, Script, Service, application, millis};

/// `app` needs `market` and `journal`, and `market` needs `venue`.
fn diamond(log: &Log) -> Application {
    application([
        Service::new(log, "app").node().after([1, 2]),
        Service::new(log, "market").node().after([3]).provides(["dyn IMarket"]),
        Service::new(log, "journal").node(),
        Service::new(log, "venue").node(),
    ])
}

fn statuses(application: &Application) -> Vec<(&'static str, HealthStatus)> {
    application.registry().services().into_iter().map(|service| (service.name, service.status)).collect()
}

#[tokio::test(start_paused = true)]
async fn the_registry_lists_what_there_is_and_finds_it_by_name_and_contract() {
    let log = Log::new();
    let application = diamond(&log);
    let registry = application.registry();
    let names: Vec<_> = registry.services().iter().map(|service| service.name).collect();
    assert_eq!(names, ["venue", "market", "journal", "app"]);
    let market = registry.get_as("market", "dyn IMarket").unwrap();
    assert_eq!((market.dependencies, market.dependents), (vec!["venue"], vec!["app"]));
    assert!(registry.get_as("market", "platform::IMarket").is_ok());

    let text = |error: RegistryError| error.to_string();
    assert_eq!(
        registry.get("Markte").map_err(text).unwrap_err(),
        "no service is called `Markte`; did you mean `market`? There are: venue, market, journal, app"
    );
    assert_eq!(
        registry.get("something else").map_err(text).unwrap_err(),
        "no service is called `something else`; there are: venue, market, journal, app"
    );
    assert_eq!(
        registry.get_as("market", "IVenue").map_err(text).unwrap_err(),
        "`market` was expected to provide `IVenue`, and provides dyn IMarket"
    );
    assert_eq!(
        registry.get_as("venue", "IVenue").map_err(text).unwrap_err(),
        "`venue` was expected to provide `IVenue`, and provides no interface"
    );
    let json = serde_json::to_value(registry.services()).unwrap();
    assert_eq!((&json[1]["name"], &json[1]["status"]), (&"market".into(), &"stopped".into()));
}

#[tokio::test(start_paused = true)]
async fn a_service_is_stopped_after_those_that_need_it_and_started_after_what_it_needs() {
    let log = Log::new();
    let application = diamond(&log);
    let registry = application.registry();
    let probes = application.probes();
    application.start().await.unwrap();
    assert!(probes.is_ready());

    let report = registry.stop("venue").await.unwrap();
    let stopped: Vec<_> = report.services().iter().map(|service| service.service).collect();
    assert_eq!(stopped, ["app", "market", "venue"]);
    assert_eq!(log.of(" stop ok"), ["app", "market", "venue"]);
    use HealthStatus::{Healthy, Stopped};
    let expected = [("venue", Stopped), ("market", Stopped), ("journal", Healthy), ("app", Stopped)];
    assert_eq!(statuses(&application), expected);
    assert_eq!((application.state(), probes.is_ready(), probes.is_live()), (State::Running, false, true));
    assert!(registry.stop("venue").await.unwrap().services().is_empty(), "it is stopped already");

    let report = registry.start("market").await.unwrap();
    let started: Vec<_> = report.services().iter().map(|service| (service.service, service.result)).collect();
    assert_eq!(started, [("venue", StartResult::Started), ("market", StartResult::Started)]);
    assert_eq!(report.critical_path(), ["venue", "market"]);
    assert!(!probes.is_ready(), "`app` does not run yet");
    registry.start("app").await.unwrap();
    assert!(probes.is_ready());
    assert!(registry.start("app").await.unwrap().services().is_empty(), "it runs already");

    application.stop().await.unwrap();
    assert_eq!(log.of(" stop ok").len(), 3 + 4);
    assert_eq!(log.of(" start ok").len(), 4 + 3);
}

#[tokio::test(start_paused = true)]
async fn what_was_stopped_before_is_not_stopped_again() {
    let log = Log::new();
    let application = diamond(&log);
    application.start().await.unwrap();
    application.registry().stop("market").await.unwrap();
    let report = application.stop().await.unwrap();
    let stopped: Vec<_> = report.services().iter().map(|service| service.service).collect();
    assert_eq!(stopped, ["journal", "venue"]);
    assert_eq!(log.of(" stop ok"), ["app", "market", "journal", "venue"]);
}

#[tokio::test(start_paused = true)]
async fn single_services_are_started_and_stopped_only_while_the_application_runs() {
    let log = Log::new();
    let application = diamond(&log);
    let registry = application.registry();
    let state = |error: RegistryError| match error {
        RegistryError::NotRunning { state } => state,
        other => panic!("{other}"),
    };
    assert_eq!(state(registry.stop("venue").await.unwrap_err()), State::New);
    let (started, early) = tokio::join!(application.start(), async {
        tokio::time::sleep(millis(5)).await;
        registry.stop("venue").await
    });
    started.unwrap();
    assert_eq!(state(early.unwrap_err()), State::Starting);
    application.stop().await.unwrap();
    assert_eq!(state(registry.start("venue").await.unwrap_err()), State::Stopped);
    assert!(matches!(registry.start("nobody").await, Err(RegistryError::Unknown(_))));
}

#[tokio::test(start_paused = true)]
async fn a_single_start_that_fails_is_rolled_back_and_the_application_goes_on() {
    let log = Log::new();
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = Arc::clone(&broken);
    let task = move |context: &Context| {
        if is_broken.load(Ordering::Relaxed) {
            context.spawn("feed", async { Err("no feed".into()) });
        }
    };
    let application = application([
        Service::new(&log, "app").start(Script::Ok(100)).node().after([1]),
        Service::new(&log, "market").also(task).start(Script::Ok(100)).node().after([2]),
        Service::new(&log, "venue").node(),
    ]);
    let registry = application.registry();
    application.start().await.unwrap();
    registry.stop("venue").await.unwrap();
    broken.store(true, Ordering::Relaxed);
    let error = registry.start("app").await.unwrap_err();
    let RegistryError::Start(error) = error else { panic!("{error}") };
    let StartCause::Service(failure) = error.cause() else { panic!("{error}") };
    assert_eq!((failure.service(), failure.step()), ("market", &Step::Task("feed".into())));
    assert!(statuses(&application).iter().all(|(_, status)| *status == HealthStatus::Stopped));
    assert!(registry.get("market").unwrap().trouble.unwrap().contains("no feed"));
    assert_eq!(application.state(), State::Running);

    broken.store(false, Ordering::Relaxed);
    registry.start("app").await.unwrap();
    assert_eq!(registry.get("market").unwrap().trouble, None);
    assert!(application.probes().is_ready());
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_task_that_dies_while_another_service_is_started_stops_the_application() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").start(Script::Ok(200)).node(),
        Service::new(&log, "venue")
            .also(|context| {
                context.spawn("feed", async {
                    tokio::time::sleep(millis(500)).await;
                    Err("out of feed".into())
                });
            })
            .node(),
    ]);
    let registry = application.registry();
    application.start().await.unwrap();
    registry.stop("app").await.unwrap();
    tokio::time::sleep(millis(500 - 200 - 10 - 50)).await;
    let RegistryError::Start(error) = registry.start("app").await.unwrap_err() else { panic!("not a start") };
    let reason = StopReason::TaskDied { service: "venue", task: "feed".into() };
    assert!(matches!(error.cause(), StartCause::Cancelled { reason: given, .. } if *given == reason), "{error}");
    let error = application.finished().await.unwrap_err();
    assert_eq!((error.failures()[0].service(), error.report().unwrap().reason()), ("venue", &reason));
}

#[tokio::test(start_paused = true)]
async fn a_stop_cancels_a_single_start_and_stops_everything() {
    let log = Log::new();
    let application = application([Service::new(&log, "app").start(Script::Ok(200)).node()]);
    let registry = application.registry();
    application.start().await.unwrap();
    registry.stop("app").await.unwrap();
    let (started, stopped) = tokio::join!(registry.start("app"), async {
        tokio::time::sleep(millis(50)).await;
        application.stop().await
    });
    assert!(matches!(started, Err(RegistryError::Start(error)) if error.is_cancelled()));
    stopped.unwrap();
    assert_eq!(log.of(" abort ok"), ["app"]);
}

#[tokio::test(start_paused = true)]
async fn what_did_not_stop_is_not_started_beside_itself() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").node().after([1]),
        Service::new(&log, "venue").stop(Script::Hang).node(),
    ]);
    let registry = application.registry();
    application.start().await.unwrap();
    let error = registry.stop("venue").await.unwrap_err();
    assert!(error.to_string().starts_with("`venue` could not stop: it had 1s"), "{error}");
    let error = registry.start("app").await.unwrap_err();
    assert_eq!(error.to_string(), "`venue` did not stop when it was asked to, and may still run");
    assert_eq!(log.of(" start").len(), 2);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_started_again_has_its_tasks_again() {
    let log = Log::new();
    let says = log.clone();
    let venue = Service::new(&log, "venue").also(move |context| {
        let says = says.clone();
        context.spawn("feed", async move {
            loop {
                tokio::time::sleep(millis(100)).await;
                says.say("message");
            }
        });
    });
    let application = application([venue.node(), PlanNode::new("clock")]);
    let registry = application.registry();
    application.start().await.unwrap();
    tokio::time::sleep(millis(250)).await;
    registry.stop("venue").await.unwrap();
    tokio::time::sleep(millis(1_000)).await;
    let before = log.lines().iter().filter(|line| *line == "message").count();
    registry.start("venue").await.unwrap();
    tokio::time::sleep(millis(250)).await;
    let after = log.lines().iter().filter(|line| *line == "message").count();
    assert_eq!((before, after), (2, 4));
    application.stop().await.unwrap();
}
