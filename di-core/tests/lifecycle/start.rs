//! L1, L2, L3, L9, L17: the order, the budgets and the report of a start.

use di_core::lifecycle::{Application, Failure, HealthStatus, Plan, PlanError, PlanNode, Settings, StartCause, State};

use crate::world::{Log, Script, Service, application, millis, settings, with};

#[tokio::test(start_paused = true)]
async fn l01_a_service_starts_when_all_that_it_needs_has_started_and_the_rest_is_concurrent() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").start(Script::Ok(10)).node().after([1, 2]),
        Service::new(&log, "fast").start(Script::Ok(20)).node().after([3]),
        Service::new(&log, "slow").start(Script::Ok(100)).node().after([4]),
        Service::new(&log, "a").start(Script::Ok(5)).node(),
        Service::new(&log, "b").start(Script::Ok(50)).node(),
    ]);
    let report = application.start().await.unwrap();
    assert_eq!((log.at("a start"), log.at("b start")), (Some(0), Some(0)));
    assert_eq!((log.at("fast start"), log.at("slow start")), (Some(5), Some(50)));
    assert_eq!(log.at("app start"), Some(150));
    assert_eq!(report.total(), millis(160), "the critical path, not the sum of 185");
    assert!(application.services().iter().all(|service| service.status == HealthStatus::Healthy));
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l01_a_hundred_services_start_in_the_time_of_their_critical_path() {
    let log = Log::new();
    // Service 99 waits for 49, 24, 11, 5, 2 and 0: seven of them, ten milliseconds each.
    let services = (0_usize..100).map(|number| {
        let name = format!("number {number}").leak();
        Service::new(&log, name).start(Script::Ok(10)).node().after(number.checked_sub(1).map(|before| before / 2))
    });
    let application = Application::new(Plan::new(services).unwrap());
    let report = application.start().await.unwrap();
    assert!(report.total() * 100 <= millis(70) * 105, "{:?} for a critical path of 70 ms", report.total());
    assert_eq!(report.critical_path().len(), 7);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l01_a_service_starts_after_what_it_needs_through_nodes_without_hooks() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").node().after([1]),
        PlanNode::new("module").after([2, 3]),
        PlanNode::new("group").after([3]),
        Service::new(&log, "venue").start(Script::Ok(70)).node(),
    ]);
    application.start().await.unwrap();
    assert_eq!(log.at("app start"), Some(70));
    application.stop().await.unwrap();
    assert!(log.at("app stop ok") <= log.at("venue stop"));
}

#[test]
fn l02_the_order_is_fixed_and_can_be_printed() {
    let plan = || {
        Plan::new([
            PlanNode::new("app").after([2, 1]),
            PlanNode::new("market").after([3]),
            PlanNode::new("journal"),
            PlanNode::new("venue"),
        ])
        .unwrap()
    };
    let order: Vec<_> = plan().order().collect();
    assert_eq!(order, ["venue", "market", "journal", "app"]);
    assert_eq!(plan().to_string(), plan().to_string());
    assert_eq!(
        plan().to_string(),
        "start order (0 of 4 with hooks; stopped in reverse)\n   \
            1. venue  [no hooks]\n   \
            2. market  [no hooks]  after venue\n   \
            3. journal  [no hooks]\n   \
            4. app  [no hooks]  after market, journal\n"
    );
}

#[test]
fn l02_a_cycle_is_no_plan_and_a_long_chain_is_no_problem() {
    let cycle =
        Plan::new([PlanNode::new("outside").after([1]), PlanNode::new("a").after([2]), PlanNode::new("b").after([1])]);
    assert_eq!(cycle.err(), Some(PlanError::Cycle(vec!["a", "b"])));
    let own = Plan::new([PlanNode::new("a").after([0])]);
    assert_eq!(own.err().unwrap().to_string(), "these need each other: a -> a");
    let chain = (0..20_000).map(|node| {
        let name: &'static str = format!("link {node}").leak();
        PlanNode::new(name).after((node < 19_999).then_some(node + 1))
    });
    assert_eq!(Plan::new(chain).unwrap().order().len(), 20_000);
}

#[test]
fn l02_two_nodes_of_one_name_are_no_plan() {
    let same = Plan::new([PlanNode::new("venue"), PlanNode::new("market"), PlanNode::new("venue")]);
    assert_eq!(same.err(), Some(PlanError::SameName("venue")));
}

#[tokio::test(start_paused = true)]
async fn l03_a_start_that_takes_too_long_is_named_with_its_time() {
    for (settings, node, budget) in [
        (settings(), None, 1_000),
        (settings(), Some(400), 400),
        (settings().start_budget_of("slow", millis(300)), Some(400), 300),
        (settings().start_total(millis(200)), Some(400), 200 - 20),
    ] {
        let log = Log::new();
        let mut slow = Service::new(&log, "slow").start(Script::Hang).node().after([1]);
        if let Some(ms) = node {
            slow = slow.start_budget(millis(ms));
        }
        let application = with([slow, Service::new(&log, "quick").start(Script::Ok(20)).node()], settings);
        let error = application.start().await.unwrap_err();
        let StartCause::Service(failure) = error.cause() else { panic!("{error}") };
        assert_eq!((failure.service(), failure.took()), ("slow", millis(budget)));
        assert!(matches!(failure.failure(), Failure::TimedOut { budget: given } if *given == millis(budget)));
        assert_eq!(
            log.lines()[3..],
            ["slow start dropped", "slow abort", "slow abort ok", "quick stop", "quick stop ok"]
        );
        assert!(error.to_string().starts_with("`slow` could not start: it had"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn l03_no_budget_is_infinite() {
    let log = Log::new();
    let forever = std::time::Duration::MAX;
    let settings = Settings::default()
        .start_budget(forever)
        .start_total(forever)
        .stop_budget(forever)
        .stop_total(forever)
        .last_call(forever);
    let node = Service::new(&log, "slow").start(Script::Hang).abort(Script::Hang).node();
    let application = with([node.start_budget(forever).stop_budget(forever)], settings);
    let error = application.start().await.unwrap_err();
    let StartCause::Service(failure) = error.cause() else { panic!("{error}") };
    assert_eq!(failure.took(), Settings::LONGEST);
    assert_eq!(error.rollback()[0].took(), Settings::LONGEST);
}

#[test]
fn l03_a_budget_for_a_service_that_does_not_exist_is_an_error() {
    let plan = Plan::new([PlanNode::new("venue")]).unwrap();
    let settings = Settings::default().stop_budget_of("venu", millis(1));
    let error = Application::new(plan).with_settings(settings).unwrap_err();
    assert_eq!(error.to_string(), "no service is called `venu`; did you mean `venue`? There are: venue");
}

#[tokio::test(start_paused = true)]
async fn l09_a_second_start_is_an_error_and_does_nothing() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").node()]);
    let (first, second) = tokio::join!(application.start(), application.start());
    first.unwrap();
    assert!(matches!(second.unwrap_err().cause(), StartCause::AlreadyStarted));
    assert!(matches!(application.start().await.unwrap_err().cause(), StartCause::AlreadyStarted));
    assert_eq!(application.state(), State::Running);
    assert_eq!(log.lines(), ["venue start", "venue start ok"]);
    application.stop().await.unwrap();
    assert!(matches!(application.start().await.unwrap_err().cause(), StartCause::AlreadyStarted));
    assert_eq!(log.lines().len(), 4);
}

#[test]
fn l09_a_start_without_a_runtime_is_an_error_and_can_be_repeated() {
    let application = Application::new(Plan::new([]).unwrap());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = std::pin::pin!(application.start()).poll(&mut context) else {
        panic!("it cannot wait for anything");
    };
    assert!(matches!(result.unwrap_err().cause(), StartCause::NoRuntime));
    assert_eq!(application.state(), State::New);
}

#[tokio::test(start_paused = true)]
async fn l17_the_start_report_is_a_table_and_json() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "market").start(Script::Ok(30)).node().after([1, 2]),
        Service::new(&log, "journal").start(Script::Ok(5)).node().after([3]),
        Service::new(&log, "venue").start(Script::Ok(50)).node().construction(millis(7)).after([3]),
        PlanNode::new("clock").construction(millis(1)),
        PlanNode::new("input"),
    ]);
    let report = application.start().await.unwrap();
    assert_eq!(
        report.to_string(),
        "service    waiting  construction      start   result  critical\n\
         clock     0.000 ms      1.000 ms   0.000 ms  started\n\
         journal   0.000 ms             -   5.000 ms  started\n\
         venue     0.000 ms      7.000 ms  50.000 ms  started         *\n\
         market   50.000 ms             -  30.000 ms  started         *\n\
         total 80.000 ms, critical path venue -> market"
    );
    let line = |service: &str, waiting: f64, construction: Option<f64>, start: f64, critical: bool| {
        serde_json::json!({
            "service": service, "waiting_ms": waiting, "construction_ms": construction, "start_ms": start,
            "result": "started", "critical": critical,
        })
    };
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        serde_json::json!({
            "total_ms": 80.0,
            "critical_path": ["venue", "market"],
            "services": [
                line("clock", 0.0, Some(1.0), 0.0, false),
                line("journal", 0.0, None, 5.0, false),
                line("venue", 0.0, Some(7.0), 50.0, true),
                line("market", 50.0, None, 30.0, true),
            ],
        })
    );
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l17_a_failed_start_tells_how_far_it_came() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "app").node().after([1, 2]),
        Service::new(&log, "market").start(Script::Fail(30)).node().after([3]),
        Service::new(&log, "signals").start(Script::Hang).node().after([3]),
        Service::new(&log, "venue").start(Script::Ok(50)).node(),
    ]);
    let error = application.start().await.unwrap_err();
    assert_eq!(
        error.report().unwrap().to_string(),
        "service    waiting  construction      start     result  critical\n\
         venue     0.000 ms             -  50.000 ms    started         *\n\
         market   50.000 ms             -  30.000 ms     failed\n\
         signals  50.000 ms             -  30.000 ms  cancelled         *\n\
         app      80.000 ms             -   0.000 ms  not begun\n\
         total 80.000 ms, critical path venue -> signals"
    );
    assert!(application.start().await.unwrap_err().report().is_none(), "this one did not begin");
}

#[tokio::test(start_paused = true)]
async fn l17_the_stop_report_is_a_table_and_json() {
    let log = Log::new();
    let application = application([
        Service::new(&log, "market").stop(Script::Ok(30)).node().after([1]),
        Service::new(&log, "venue").stop(Script::Ok(50)).node(),
    ]);
    application.start().await.unwrap();
    let report = application.stop().await.unwrap();
    assert_eq!(
        report.to_string(),
        "service    waiting       stop  hook   result\n\
         market    0.000 ms  30.000 ms  stop  stopped\n\
         venue    30.000 ms  50.000 ms  stop  stopped\n\
         total 80.000 ms, critical path market -> venue, reason: it was asked to"
    );
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["reason"], "asked");
    assert_eq!(
        json["services"][1],
        serde_json::json!({"service": "venue", "step": "stop", "waiting_ms": 30.0, "stop_ms": 50.0, "result": "stopped"})
    );
}
