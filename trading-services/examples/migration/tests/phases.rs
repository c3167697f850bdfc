//! Promises that hold in every phase. The tests are the same in all of them: `tests/phases.sh` runs them so.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use di_core::prelude::*;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;

use di_core::Container;
use di_core::graph::Target;
use di_core::report::{Registration, Report, Step};
use migration_story::PHASE;
use migration_story::app::{App, AppInputs, CLOSED, Dual, Entry};
use migration_story::system::{BybitExchange, IExchange, MarketDataManager};

/// Each service with what it is wired to: the same in every phase.
const WIRING: &str = include_str!("wiring.txt");

#[test]
fn the_system_is_wired_as_it_always_was() {
    let app = App::build(AppInputs {});
    assert_eq!(app.get::<Entry>().wiring(), expected("Dashboard"));
}

/// What a service must say of itself and of all below it.
fn expected(service: &str) -> String {
    let mut words = WIRING.lines().map(str::split_whitespace);
    let words = words.find_map(|mut words| (words.next() == Some(service)).then_some(words)).unwrap();
    let needs: Vec<String> = words.map(expected).collect();
    if needs.is_empty() { service.to_owned() } else { format!("{service}({})", needs.join(" ")) }
}

#[test]
fn the_report_of_the_phase_is_as_committed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("report/{PHASE}.md"));
    let step = Step::everywhere(Registration::Interface);
    if let Err(error) = Report::of::<App>().check_with_forecast(file, &step) {
        panic!("{error}");
    }
}

#[test]
fn each_phase_reaches_what_the_plan_wants_of_it() {
    let (coverage, coupling) = match PHASE {
        "before" => (12, 100),
        "week1" => (40, 80),
        "week2" => (65, 60),
        "week3" => (85, 40),
        _ => (95, 20),
    };
    let report = Report::of::<App>();
    assert!(report.coverage().percent() >= coverage, "{report:?}");
    assert!(report.coupling().percent() <= coupling, "{report:?}");
}

#[test]
fn the_forecast_says_which_fields_can_be_closed_today() {
    let report = Report::of::<Dual>();
    for (field, closed) in CLOSED {
        let forecast = report.forecast(&Step::field(field, Registration::Interface));
        assert_eq!(forecast.breaks.is_empty() && forecast.silent.is_empty(), *closed, "{forecast}");
    }
}

#[test]
fn two_keys_are_one_instance() {
    let app = App::build(AppInputs {});
    let by_type: &BybitExchange = app.get();
    let by_interface: &dyn IExchange = app.get();
    assert!(std::ptr::addr_eq(by_type, by_interface));
    assert!(std::ptr::eq(by_type, app.get::<MarketDataManager>().venue()));
}

#[test]
fn many_threads_that_resolve_for_the_first_time_at_once_find_the_same_and_no_cycle() {
    for _ in 0..20 {
        let app = App::build(AppInputs {});
        let barrier = Barrier::new(8);
        let addresses: Vec<usize> = thread::scope(|scope| {
            let resolve = || {
                barrier.wait();
                let market: Arc<MarketDataManager> = app.shared();
                Arc::as_ptr(&market).addr()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(resolve)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(addresses.iter().all(|address| *address == addresses[0]));
    }
}

#[test]
fn nothing_is_missing_and_nothing_is_replaced_by_nothing() {
    let mut targets = App::GRAPH.nodes.iter().flat_map(|node| node.edges).map(|edge| edge.target);
    assert!(targets.all(|target| matches!(target, Target::Node(_))));
}
