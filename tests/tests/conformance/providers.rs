//! Provider functions, for what has no place for an attribute.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use di_core::dependency::{Factory, Many};
use di_core::error::BoxError;
use di_core::{Close, Container, Provides, container, interface, service};

/// A type of another crate, as far as this file goes.
type Pool = Mutex<Vec<u32>>;

struct StorageSettings {
    size: u32,
}

struct Settings {
    storage: Arc<StorageSettings>,
}

/// A section of the settings.
#[service]
fn storage_settings(settings: Arc<Settings>) -> Arc<StorageSettings> {
    Arc::clone(&settings.storage)
}

#[service]
async fn connect(settings: Arc<StorageSettings>) -> Result<Pool, std::fmt::Error> {
    tokio::task::yield_now().await;
    if settings.size == 0 { Err(std::fmt::Error) } else { Ok(Mutex::new(vec![settings.size])) }
}

#[service]
struct Accounts {
    pool: Arc<Pool>,
}

#[container]
struct App {
    #[input]
    settings: Settings,
    accounts: Accounts,
    #[provide(connect)]
    pool: Pool,
    #[provide(storage_settings)]
    storage: StorageSettings,
}

async fn app(size: u32) -> Result<App, di_core::error::BuildError> {
    App::build(AppInputs { settings: Settings { storage: Arc::new(StorageSettings { size }) } }).await
}

#[tokio::test]
async fn what_a_function_returns_is_injected_by_its_own_type() {
    let app = app(3).await.expect("a pool of three");
    assert_eq!(*app.get::<Accounts>().pool.lock().expect("nobody panicked"), [3]);
    assert!(Arc::ptr_eq(&app.shared::<Pool>(), &app.get::<Accounts>().pool));
    assert_eq!(app.get::<StorageSettings>().size, 3);
    assert!(std::ptr::eq(app.get::<Pool>(), &*app.pool.value));
}

#[tokio::test]
async fn the_error_of_a_function_names_what_it_provides_and_who_needs_it() {
    let error = app(0).await.expect_err("a pool of none").to_string();
    assert!(error.contains("Mutex<Vec<u32>>") || error.contains("Pool"), "{error}");
    assert!(error.contains("Accounts"), "{error}");
}

#[tokio::test]
async fn the_graph_and_a_look_up_know_what_is_provided() {
    let services: Vec<_> = App::GRAPH.build_order().map(|node| node.service).collect();
    assert_eq!(services, ["Settings", "StorageSettings", "Pool", "Accounts"]);
    let app = app(1).await.expect("a pool of one");
    let pool = app.lookup("Pool").expect("a pool").downcast::<Pool>().expect("itself");
    assert!(Arc::ptr_eq(&pool, &app.shared::<Pool>()));
}

#[tokio::test]
async fn generic_code_finds_what_is_provided() {
    fn pool_of<C: Provides<Pool>>(container: &C) -> Arc<Pool> {
        container.shared()
    }
    let app = app(1).await.expect("a pool of one");
    assert!(Arc::ptr_eq(&pool_of(&app), &app.shared::<Pool>()));
}

#[interface]
trait IClock {
    fn now_ms(&self) -> u64;
}

struct Offset(u64);

impl IClock for Offset {
    fn now_ms(&self) -> u64 {
        self.0
    }
}

struct Backup;

#[service(provides = IClock)]
fn clock() -> Offset {
    Offset(7)
}

#[service(provides = IClock)]
fn venue_clock(#[inject(key)] venue: &'static str) -> Offset {
    Offset(venue.len().try_into().unwrap_or_default())
}

#[interface]
trait ITracer {
    fn lines(&self) -> usize;
}

impl ITracer for Offset {
    fn lines(&self) -> usize {
        2
    }
}

/// What the implementation is, the function decides.
#[service]
fn tracer() -> Arc<dyn ITracer> {
    Arc::new(Offset(0))
}

#[service]
struct Journal {
    clock: Arc<dyn IClock>,
    same: Arc<Offset>,
    venues: Many<dyn IClock>,
    #[inject(qualified = Backup)]
    backup: Arc<dyn IClock>,
    tracer: Arc<dyn ITracer>,
}

#[container]
struct Clocks {
    #[provide(clock)]
    clock: Offset,
    #[provide(clock)]
    #[qualified(Backup)]
    backup: Offset,
    #[provide(venue_clock)]
    #[many(dyn IClock, key = "bybit")]
    bybit: Offset,
    #[provide(tracer)]
    tracer: dyn ITracer,
    journal: Journal,
}

#[test]
fn a_function_provides_interfaces_members_of_groups_and_qualified_bindings() {
    let app = Clocks::build(ClocksInputs {});
    let journal: &Journal = app.get();
    assert_eq!((journal.clock.now_ms(), journal.backup.now_ms(), journal.tracer.lines()), (7, 7, 2));
    assert_eq!(journal.venues.by_key("bybit").map(|clock| clock.now_ms()), Some(5));
    assert!(std::ptr::eq(app.get::<Offset>(), &*journal.same));
    assert!(std::ptr::addr_eq(app.get::<dyn IClock>(), &*journal.same));
    assert!(!std::ptr::addr_eq(&*journal.backup, &*journal.same));
    assert_eq!(app.get::<dyn ITracer>().lines(), 2);
}

#[service]
fn ticket(clock: Arc<dyn IClock>, #[arg] quantity: u32) -> (u64, u32) {
    (clock.now_ms(), quantity)
}

#[service]
fn greeting() -> String {
    "hello".to_owned()
}

#[service]
struct Desk {
    tickets: Factory<ticket, (u32,)>,
    greeting: Arc<String>,
}

#[container]
struct Trading {
    #[provide(clock)]
    clock: Offset,
    #[transient]
    #[provide(ticket)]
    ticket: (u64, u32),
    #[transient]
    #[provide(greeting)]
    greeting: String,
    desk: Desk,
}

#[test]
fn a_function_is_called_again_for_a_transient() {
    let app = Trading::build(TradingInputs {});
    let desk: &Desk = app.get();
    assert_eq!(*desk.tickets.make((5,)).value, (7, 5));
    assert_eq!((*desk.greeting).as_str(), "hello");
    assert!(!Arc::ptr_eq(&app.shared::<String>(), &app.shared::<String>()));
}

static CLOSED: AtomicU32 = AtomicU32::new(0);

fn drain(pool: &Pool) -> Result<(), BoxError> {
    CLOSED.fetch_add(pool.lock().map_or(0, |pool| pool[0]), Ordering::SeqCst);
    Ok(())
}

#[service(close = drain)]
fn with_a_function() -> Pool {
    Mutex::new(vec![1])
}

#[service(close)]
fn with_a_trait() -> String {
    "ten".to_owned()
}

impl Close for with_a_trait {
    fn close(&self) -> Result<(), BoxError> {
        CLOSED.fetch_add(if self.value.as_str() == "ten" { 10 } else { 0 }, Ordering::SeqCst);
        Ok(())
    }
}

#[service(close = Self::end)]
struct Itself;

impl Itself {
    fn end(&self) {
        CLOSED.fetch_add(100, Ordering::SeqCst);
    }
}

#[container]
struct Closed {
    #[provide(with_a_function)]
    first: Pool,
    #[provide(with_a_trait)]
    second: String,
    third: Itself,
}

#[test]
fn what_a_function_provides_is_closed_by_a_function_or_by_the_trait() {
    Closed::build(ClosedInputs {}).close().expect("nothing fails");
    assert_eq!(CLOSED.load(Ordering::SeqCst), 111);
}

#[service]
fn list_of<T: Default + Send + Sync + 'static>() -> Vec<T> {
    vec![T::default()]
}

#[service]
fn width_of<T: Send + Sync + 'static>() -> usize {
    size_of::<T>()
}

#[container(provides = [Vec<u8>, usize])]
struct Generic {
    #[provide(list_of<u8>)]
    bytes: Vec<u8>,
    #[provide(list_of<u16>)]
    words: Vec<u16>,
    #[provide(width_of::<u64>)]
    size: usize,
}

#[service]
struct Reader {
    bytes: Arc<Vec<u8>>,
    size: Arc<usize>,
}

#[container]
struct Around {
    #[module]
    generic: Generic,
    reader: Reader,
}

#[test]
fn a_function_may_be_generic_and_a_module_exports_what_it_provides() {
    let generic = Generic::build(GenericInputs {});
    assert_eq!((generic.get::<Vec<u8>>().len(), generic.get::<Vec<u16>>().len()), (1, 1));
    let app = Around::build(AroundInputs {});
    assert_eq!((app.get::<Reader>().bytes.len(), *app.get::<Reader>().size), (1, 8));
}

mod in_a_group_by_what_it_returns {
    use di_core::dependency::Many;
    use di_core::{container, interface, service};

    #[interface]
    trait ITable {
        fn rows(&self) -> usize;
    }

    struct Table(usize);

    impl ITable for Table {
        fn rows(&self) -> usize {
            self.0
        }
    }

    // Neither says `provides`: as of a struct, it is enough that what is made implements the interface.
    #[service]
    fn small() -> Table {
        Table(1)
    }

    #[service]
    fn large() -> Result<std::sync::Arc<Table>, std::io::Error> {
        Ok(std::sync::Arc::new(Table(20)))
    }

    #[service]
    struct Report {
        tables: Many<dyn ITable>,
    }

    #[container]
    struct App {
        #[provide(small)]
        #[many(dyn ITable, key = "small")]
        small: Table,
        #[provide(large)]
        #[many(dyn ITable)]
        large: Table,
        report: Report,
    }

    #[test]
    fn a_function_is_a_member_of_a_group_by_what_it_returns() {
        let app = App::build(AppInputs {}).unwrap();
        let report: &Report = app.get();
        assert_eq!(report.tables.iter().map(|table| table.rows()).sum::<usize>(), 21);
        assert_eq!(report.tables.by_key("small").map(|table| table.rows()), Some(1));
    }
}
