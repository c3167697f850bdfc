//! Concurrent construction: constructors that run at the same time, each once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use di_core::{container, interface, service};
use tokio::time::Instant;

use crate::Log;

#[interface]
trait IFeed {
    async fn price(&self, symbol: &str) -> u64;
}

/// Takes 100 ms to connect.
macro_rules! slow {
    ($($name:ident needs ($($need:ident: $ty:ty),*))*) => {
        $(
            struct $name {
                log: Arc<Log>,
            }

            #[service]
            impl $name {
                #[constructor]
                async fn connect(log: Arc<Log>, $($need: $ty),*) -> Self {
                    $(drop($need);)*
                    log.note(concat!(stringify!($name), " begins"));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    log.note(concat!(stringify!($name), " ends"));
                    Self { log }
                }
            }
        )*
    };
}

slow! {
    A needs ()
    B needs ()
    C needs ()
    AfterA needs (a: Arc<A>)
    AfterBoth needs (after: Arc<AfterA>, b: Arc<B>)
}

#[container]
struct Independent {
    a: A,
    b: B,
    c: C,
    #[input]
    log: Log,
}

#[tokio::test(start_paused = true)]
async fn independent_async_constructors_run_concurrently() {
    let begun = Instant::now();
    let log = Log::default();
    let app = Independent::build(IndependentInputs { log: log.clone() }).await;
    assert_eq!(begun.elapsed(), Duration::from_millis(100));
    assert_eq!(log.events()[..3], ["A begins", "B begins", "C begins"], "in the order of declaration");
    app.get::<A>().log.note("used");
    assert!(Arc::ptr_eq(&app.get::<B>().log, &app.get::<C>().log));
}

#[container]
struct Dependent {
    both: AfterBoth,
    after: AfterA,
    b: B,
    a: A,
    #[input]
    log: Log,
}

#[tokio::test(start_paused = true)]
async fn dependent_async_constructors_run_one_after_the_other() {
    let begun = Instant::now();
    let log = Log::default();
    let app = Dependent::build(DependentInputs { log: log.clone() }).await;
    assert_eq!(begun.elapsed(), Duration::from_millis(300));
    let events = log.events();
    let position = |event: &str| events.iter().position(|other| other == event).unwrap();
    assert!(position("A ends") < position("AfterA begins"));
    assert!(position("AfterA ends") < position("AfterBoth begins"));
    assert!(position("B ends") < position("AfterBoth begins"));
    assert_eq!(events.len(), 8, "each constructor ran exactly once");
    assert!(Arc::ptr_eq(&app.get::<AfterBoth>().log, &app.get::<AfterA>().log));
}

struct Cycle {
    made: u32,
}

static CYCLES: AtomicU32 = AtomicU32::new(0);

#[service]
impl Cycle {
    #[constructor]
    async fn new() -> Self {
        tokio::task::yield_now().await;
        Self { made: CYCLES.fetch_add(1, Ordering::SeqCst) }
    }
}

#[container]
struct WithScope {
    #[scope]
    cycle: CycleScope,
}

#[container]
struct CycleScope {
    cycle: Cycle,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn async_scopes_are_built_at_the_same_time_and_each_constructor_runs_once_per_scope() {
    let app = Arc::new(WithScope::build(WithScopeInputs {}));
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let app = Arc::clone(&app);
            tokio::spawn(async move { app.cycle(CycleScopeInputs {}).await.get::<Cycle>().made })
        })
        .collect();
    let mut made = Vec::new();
    for task in tasks {
        made.push(task.await.unwrap());
    }
    made.sort_unstable();
    assert_eq!(made, (0..64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_future_can_be_moved_to_another_task() {
    let future = Independent::build(IndependentInputs { log: Log::default() });
    let app = tokio::spawn(future).await.unwrap();
    assert_eq!(app.get::<A>().log.events().len(), 6);
}

#[tokio::test]
async fn a_build_future_that_changes_its_task_half_way_goes_on() {
    let mut future = Box::pin(Independent::build(IndependentInputs { log: Log::default() }));
    let first = tokio::time::timeout(Duration::from_millis(1), &mut future).await;
    assert!(first.is_err(), "100 ms are not over");
    let app = tokio::spawn(future).await.unwrap();
    assert_eq!(app.get::<A>().log.events().len(), 6);
}

#[service(provides = IFeed)]
struct Feed {
    #[inject(default)]
    asked: AtomicU32,
}

#[interface]
impl IFeed for Feed {
    async fn price(&self, symbol: &str) -> u64 {
        tokio::task::yield_now().await;
        self.asked.fetch_add(1, Ordering::SeqCst);
        symbol.len() as u64
    }
}

#[container]
struct Feeds {
    feed: Feed,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_that_resolve_at_once_get_one_instance() {
    let app = Arc::new(Feeds::build(FeedsInputs {}));
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                for _ in 0..100 {
                    let feed: &dyn IFeed = app.get();
                    assert_eq!(feed.price("BTC").await, 3);
                    assert!(std::ptr::addr_eq(feed, Arc::as_ptr(&app.shared::<Feed>())));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(app.get::<Feed>().asked.load(Ordering::SeqCst), 6_400);
}
