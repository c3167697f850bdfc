//! The promises in random graphs, with delays, failures, panics, hangs and cancellations.

mod case;
mod check;
mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use di_core::lifecycle::{
    Application, Plan, PlanNode, Settings, StartError, StartReport, State, StopError, StopReport,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::world::millis;
use case::{Case, Cut};
use service::{Did, Service, Story};

/// Budgets in milliseconds, short enough that each is exceeded in some cases.
pub(crate) const EACH: u64 = 40;
pub(crate) const TOTAL: u64 = 90;
pub(crate) const LAST_CALL: u64 = 10;
pub(crate) const DRAIN: u64 = 5;

proptest! {
    #![proptest_config(ProptestConfig { cases: 12_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn l01_to_l14_hold_for_random_graphs_that_fail_and_are_cancelled_at_random(case in case::cases()) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let life = runtime.block_on(live(&case, 1));
        check::check(&case, &life)?;
    }
}

/// Such lives, all at once on two threads and in real time: the order must hold, whatever the moments are.
///
/// The budgets are two hundred times as long, so that a busy machine is not taken for a hook that hangs.
#[test]
fn l01_to_l14_hold_for_hundreds_of_lives_at_once_on_two_threads() {
    let mut runner = TestRunner::deterministic();
    let cases: Vec<Case> =
        (0..400).map(|_| case::cases().new_tree(&mut runner).expect("every case can be made").current()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let lives: Vec<_> =
        cases.into_iter().map(|case| runtime.spawn(async move { (live(&case, 200).await, case) })).collect();
    for life in lives {
        let (life, case) = runtime.block_on(life).unwrap();
        if let Err(error) = check::check_order(&case, &life) {
            panic!("{error}: {case:#?}\n{:#?}", life.story);
        }
    }
}

/// All that is known about a life that is over.
pub(crate) struct Life {
    /// Nothing if the start was dropped.
    pub(crate) start: Option<Result<StartReport, StartError>>,
    pub(crate) stop: Result<StopReport, StopError>,
    pub(crate) again: Result<StopReport, StopError>,
    pub(crate) story: Vec<(Duration, usize, Did)>,
    pub(crate) took: Duration,
    pub(crate) tasks_alive: usize,
    pub(crate) state: State,
}

async fn live(case: &Case, patience: u64) -> Life {
    let story = Story::new();
    let alive = Arc::new(AtomicUsize::new(0));
    let names: [&'static str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let nodes = case.nodes.iter().enumerate().map(|(index, node)| {
        let plan_node = PlanNode::new(names[index]).after(case.needs(index));
        match &node.hooks {
            Some(hooks) => {
                plan_node.hooks(Arc::new(Service::new(index, hooks.clone(), story.clone(), Arc::clone(&alive))))
            }
            None => plan_node,
        }
    });
    let settings = Settings::default()
        .start_budget(millis(EACH * patience))
        .stop_budget(millis(EACH * patience))
        .start_total(millis(TOTAL * patience))
        .stop_total(millis(TOTAL * patience))
        .last_call(millis(LAST_CALL * patience))
        .drain(millis(DRAIN));
    let application = Application::new(Plan::new(nodes).unwrap()).with_settings(settings).unwrap();
    story.watch(application.probes());

    let start = match case.cut {
        None => Some(application.start().await),
        Some((Cut::DropStart, at)) => tokio::time::timeout(millis(at), application.start()).await.ok(),
        Some((Cut::Stop, at)) => {
            let (start, _stop) = tokio::join!(application.start(), async {
                tokio::time::sleep(millis(at)).await;
                application.stop().await
            });
            Some(start)
        }
    };
    if case.runs_for > 0 {
        // It may stop by itself in the meantime: then there is nothing to wait for.
        let _ended = tokio::time::timeout(millis(case.runs_for), application.finished()).await;
    }
    let stop = application.stop().await;
    Life {
        start,
        stop,
        again: application.stop().await,
        took: story.now(),
        tasks_alive: alive.load(Ordering::Relaxed),
        state: application.state(),
        story: story.told(),
    }
}
