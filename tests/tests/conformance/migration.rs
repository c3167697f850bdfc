//! Failures of run-time containers that cannot happen here. Those that do not compile stand under `ui`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use di_core::{Container, container, interface, service};

#[interface]
trait IConfig {
    fn instance(&self) -> usize;
}

/// Only the test of dual registration makes a `Config`: tests of one binary run at the same time.
static MADE: AtomicUsize = AtomicUsize::new(0);

struct Config {
    instance: usize,
}

#[service(provides = IConfig)]
impl Config {
    #[constructor]
    fn new() -> Self {
        Self { instance: MADE.fetch_add(1, Ordering::SeqCst) }
    }
}

impl IConfig for Config {
    fn instance(&self) -> usize {
        self.instance
    }
}

#[service]
struct Old {
    config: Arc<Config>,
}

#[service]
struct New {
    config: Arc<dyn IConfig>,
}

#[container]
struct App {
    old: Old,
    new: New,
    config: Config,
}

#[test]
fn dual_registration_does_not_yield_two_instances_of_a_singleton() {
    let app = App::build(AppInputs {});
    assert_eq!(MADE.load(Ordering::SeqCst), 1);
    assert_eq!(app.get::<Old>().config.instance, app.get::<New>().config.instance());
    assert!(std::ptr::addr_eq(Arc::as_ptr(&app.get::<Old>().config), Arc::as_ptr(&app.get::<New>().config)));
}

#[service]
struct Slow {
    #[inject(default)]
    _pad: u32,
}

#[service]
struct Asks {
    slow: Arc<Slow>,
}

#[container]
struct Racy {
    asks: Asks,
    slow: Slow,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tasks_that_resolve_for_the_first_time_at_once_see_no_false_cycle() {
    for _ in 0..100 {
        let app = Arc::new(Racy::build(RacyInputs {}));
        let barrier = Arc::new(tokio::sync::Barrier::new(2));
        let resolve = |app: Arc<Racy>, barrier: Arc<tokio::sync::Barrier>| async move {
            barrier.wait().await;
            Arc::clone(&app.shared::<Asks>().slow)
        };
        let one = tokio::spawn(resolve(Arc::clone(&app), Arc::clone(&barrier)));
        let two = tokio::spawn(resolve(Arc::clone(&app), barrier));
        assert!(Arc::ptr_eq(&one.await.unwrap(), &two.await.unwrap()));
    }
}

#[test]
fn a_missing_dependency_is_known_before_anything_runs() {
    // Every edge of a graph that compiles has a target: it is a constant, which this test reads.
    let targets = App::GRAPH.nodes.iter().flat_map(|node| node.edges).map(|edge| edge.target);
    assert_eq!(targets.clone().count(), 2);
    assert!(targets.clone().all(|target| target == di_core::graph::Target::Node(2)));
}

#[service(provides = IConfig)]
struct Earlier;

impl IConfig for Earlier {
    fn instance(&self) -> usize {
        0
    }
}

#[service(provides = IConfig)]
struct Later;

impl IConfig for Later {
    fn instance(&self) -> usize {
        usize::MAX
    }
}

struct Second;

#[container]
struct Both {
    new: New,
    first: Earlier,
    #[qualified(Second)]
    later: Later,
}

#[test]
fn the_last_registration_does_not_win_silently() {
    let app = Both::build(BothInputs {});
    assert_eq!(app.get::<New>().config.instance(), 0);
    assert_eq!(app.qualified::<Second>().get::<dyn IConfig>().instance(), usize::MAX);
}
