//! Overrides: a test replaces one binding, and everybody sees the replacement.

use std::sync::Arc;

use di_core::{Container, container, interface, service};

#[interface]
trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1_000
    }
}

#[service(provides = IClock)]
struct FakeClock;

impl IClock for FakeClock {
    fn now_ms(&self) -> u64 {
        7
    }
}

#[service]
struct Journal {
    clock: Arc<dyn IClock>,
}

#[service]
struct Market {
    journal: Arc<Journal>,
    clock: Arc<dyn IClock>,
    name: Arc<String>,
}

#[container]
struct App {
    market: Market,
    journal: Journal,
    clock: SystemClock,
    #[input]
    name: String,
}

#[container(from = App, replace(clock = FakeClock))]
struct TestApp;

#[test]
fn an_override_replaces_one_binding_and_everything_that_depends_on_it_sees_it() {
    let app = TestApp::build(TestAppInputs { name: "test".to_owned() });
    let market: &Market = app.get();
    assert_eq!((market.clock.now_ms(), market.journal.clock.now_ms()), (7, 7));
    assert!(Arc::ptr_eq(&market.clock, &market.journal.clock));
    assert!(std::ptr::addr_eq(Arc::as_ptr(&market.clock), app.get::<FakeClock>()));
    assert_eq!(market.name.as_str(), "test");
}

#[test]
fn an_override_leaves_the_original_as_it_was() {
    let app = App::build(AppInputs { name: "real".to_owned() });
    assert_eq!(app.get::<Market>().clock.now_ms(), 1_000);
    let services = |graph: &di_core::graph::Graph| graph.nodes.iter().map(|node| node.service).collect::<Vec<_>>();
    assert_eq!(services(&App::GRAPH), ["Market", "Journal", "SystemClock", "String"]);
    assert_eq!(services(&TestApp::GRAPH), ["Market", "Journal", "FakeClock", "String"]);
}

#[container(from = TestApp, replace(market = QuietMarket))]
struct QuietApp;

#[service]
struct QuietMarket {
    journal: Arc<Journal>,
}

#[test]
fn an_override_can_be_overridden() {
    let app = QuietApp::build(QuietAppInputs { name: "quiet".to_owned() });
    assert_eq!(app.get::<QuietMarket>().journal.clock.now_ms(), 7);
}

#[service]
struct QuietJournal;

#[container]
struct Loose {
    journal: Journal,
    clock: SystemClock,
}

#[container(from = Loose, replace(journal = QuietJournal, clock = FakeClock))]
struct LooseTest;

#[test]
fn several_bindings_can_be_replaced_at_once() {
    let app = LooseTest::build(LooseTestInputs {});
    let _: &QuietJournal = app.get();
    assert_eq!(app.get::<dyn IClock>().now_ms(), 7);
}

#[container]
struct ByInput {
    journal: Journal,
    #[input]
    clock: Arc<dyn IClock>,
}

#[container(from = ByInput, replace(clock = FakeClock))]
struct ByService;

#[test]
fn an_input_can_be_replaced_by_a_service() {
    let app = ByService::build(ByServiceInputs {});
    assert_eq!(app.get::<Journal>().clock.now_ms(), 7);
}

#[test]
fn an_input_lets_the_caller_choose_at_run_time() {
    let choose = |live: bool| -> Arc<dyn IClock> { if live { Arc::new(SystemClock) } else { Arc::new(FakeClock) } };
    for (live, now) in [(true, 1_000), (false, 7)] {
        let app = ByInput::build(ByInputInputs { clock: choose(live) });
        assert_eq!(app.get::<Journal>().clock.now_ms(), now);
    }
}

struct Stopped(u64);

impl IClock for Stopped {
    fn now_ms(&self) -> u64 {
        self.0
    }
}

#[container(from = App, replace(clock = input Arc<dyn IClock>))]
struct Handed;

#[container(from = App, replace(clock = Arc<dyn IClock>, market = QuietMarket))]
struct HandedToo;

#[test]
fn a_service_can_be_replaced_by_an_input_that_each_test_makes_itself() {
    let app = Handed::build(HandedInputs { name: "test".to_owned(), clock: Arc::new(Stopped(11)) });
    assert_eq!(app.get::<Market>().journal.clock.now_ms(), 11);
    let app = HandedToo::build(HandedTooInputs { name: "test".to_owned(), clock: Arc::new(Stopped(12)) });
    assert_eq!(app.get::<Journal>().clock.now_ms(), 12);
}

/// A type of another crate, as far as this one can tell.
struct Pool {
    url: &'static str,
}

#[service]
fn connect() -> Pool {
    Pool { url: "db.example" }
}

#[service]
fn connect_in_memory(clock: Arc<dyn IClock>) -> Pool {
    assert_eq!(clock.now_ms(), 1_000);
    Pool { url: "memory" }
}

#[service]
fn noon() -> Arc<dyn IClock> {
    Arc::new(FakeClock)
}

#[service]
struct Repository {
    pool: Arc<Pool>,
    clock: Arc<dyn IClock>,
}

#[container]
struct Stored {
    clock: SystemClock,
    #[provide(connect)]
    pool: Pool,
    repository: Repository,
}

#[container(from = Stored, replace(pool = provide(connect_in_memory) Pool))]
struct StoredInMemory;

#[container(from = Stored, replace(clock = provide(noon) dyn IClock))]
struct StoredAtNoon;

#[test]
fn a_binding_can_be_replaced_by_what_a_function_provides() {
    let (stored, in_memory) = (Stored::build(StoredInputs {}), StoredInMemory::build(StoredInMemoryInputs {}));
    assert_eq!((stored.get::<Pool>().url, in_memory.get::<Pool>().url), ("db.example", "memory"));
    assert!(Arc::ptr_eq(&in_memory.get::<Repository>().pool, &in_memory.shared::<Pool>()));
    let at_noon = StoredAtNoon::build(StoredAtNoonInputs {});
    assert_eq!((at_noon.get::<Repository>().clock.now_ms(), at_noon.get::<Pool>().url), (7, "db.example"));
}
