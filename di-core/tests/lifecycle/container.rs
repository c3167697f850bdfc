//! L1, L2: plans of containers: modules, what they inherit and export, groups, and names.

use std::sync::{Arc, Mutex};

use di_core::dependency::Many;
use di_core::error::BoxError;
use di_core::lifecycle::{Application, Context, Lifecycle, Outcome, Plan, Run};
use di_core::{Close, container, interface, service};

type Log = Mutex<Vec<&'static str>>;

#[interface]
pub(crate) trait IVenue {}

#[interface]
pub(crate) trait IBook {}

macro_rules! recorded {
    ($($service:ident),*) => {$(
        #[interface]
        impl Lifecycle for $service {
            async fn start(&self, _context: &Context) -> Result<(), BoxError> {
                self.log.lock().unwrap().push(stringify!($service));
                Ok(())
            }
        }
    )*};
}

#[service(lifecycle)]
struct Clock {
    log: Arc<Log>,
}

#[service(lifecycle, provides = IVenue)]
struct Venue {
    log: Arc<Log>,
    _clock: Arc<Clock>,
}

impl IVenue for Venue {}

/// It stands in the module, and nobody outside needs it.
#[service(lifecycle)]
struct Recorder {
    log: Arc<Log>,
    _venue: Arc<Venue>,
}

#[service(lifecycle, provides = IBook)]
struct Book {
    log: Arc<Log>,
    _venue: Arc<Venue>,
}

impl IBook for Book {}

#[service(lifecycle)]
struct Signals {
    log: Arc<Log>,
    _venue: Arc<dyn IVenue>,
}

#[service(lifecycle)]
struct Desk {
    log: Arc<Log>,
    _books: Many<dyn IBook>,
    _signals: Arc<Signals>,
}

recorded!(Clock, Venue, Recorder, Book, Signals, Desk);

#[container(provides = [IVenue, IBook])]
struct Market {
    #[inherit]
    log: Arc<Log>,
    #[inherit]
    clock: Arc<Clock>,
    venue: Venue,
    recorder: Recorder,
    book: Book,
}

#[container]
struct App {
    #[input]
    log: Log,
    #[module]
    market: Market,
    clock: Clock,
    signals: Signals,
    #[many(dyn IBook)]
    spare: Spare,
    desk: Desk,
}

#[service(lifecycle, provides = IBook)]
struct Spare {
    log: Arc<Log>,
}

impl IBook for Spare {}
recorded!(Spare);

fn app() -> App {
    App::build(AppInputs { log: Log::default() })
}

#[test]
fn l01_a_service_waits_for_what_a_module_exports_and_not_for_the_whole_module() {
    let printed = Plan::of(&app()).to_string();
    let line = |name: &str| {
        let mut lines = printed.lines().filter_map(|line| line.trim_start().split_once(". "));
        lines.find(|(_, rest)| rest.split_whitespace().next() == Some(name)).map(|(_, rest)| rest.to_owned())
    };
    assert_eq!(line("Clock").unwrap(), "Clock");
    assert_eq!(line("Venue").unwrap(), "Venue  after Clock", "what it inherits is answered outside");
    assert_eq!(line("Recorder").unwrap(), "Recorder  after Venue");
    assert_eq!(line("Signals").unwrap(), "Signals  after Venue");
    assert_eq!(line("Desk").unwrap(), "Desk  after Signals, Spare", "a group is its members");
    assert_eq!(Plan::of(&app()).container(), Some("App"));
}

#[tokio::test(start_paused = true)]
async fn l01_a_container_starts_in_the_order_of_its_flattened_graph() {
    let app = app();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let log = app.shared::<Log>();
    let place = |name| log.lock().unwrap().iter().position(|other| *other == name).unwrap();
    assert_eq!(log.lock().unwrap().len(), 7);
    assert!(place("Clock") < place("Venue") && place("Venue") < place("Signals"));
    assert!(place("Spare") < place("Desk") && place("Signals") < place("Desk"));
    let registry = application.registry();
    assert_eq!(registry.get("Venue").unwrap().contracts, ["dyn IVenue"]);
    assert_eq!(registry.get("Venue").unwrap().dependents, ["Recorder", "Book", "Signals"]);
    application.stop().await.unwrap();
}

struct Connection {
    log: Arc<Log>,
}

#[service(lifecycle)]
fn connection(log: Arc<Log>) -> Connection {
    Connection { log }
}

#[interface]
impl Lifecycle for connection {
    async fn stop(&self) -> Result<(), BoxError> {
        self.value.log.lock().unwrap().push("the connection is closed");
        Ok(())
    }
}

#[service]
struct Mail {
    connection: Arc<Connection>,
}

#[container]
struct Post {
    #[input]
    log: Log,
    #[provide(connection)]
    connection: Connection,
    mail: Mail,
}

#[tokio::test]
async fn l01_what_a_function_provides_has_a_lifecycle_like_any_other_service() {
    let post = Post::build(PostInputs { log: Log::default() });
    assert_eq!(Plan::of(&post).order().collect::<Vec<_>>(), ["Connection", "Mail"]);
    let application = Application::of(&post);
    application.start().await.unwrap();
    application.stop().await.unwrap();
    assert_eq!(*post.get::<Mail>().connection.log.lock().unwrap(), ["the connection is closed"]);
}

#[service(lifecycle, close)]
struct Ledger {
    log: Arc<Log>,
}

#[interface]
impl Lifecycle for Ledger {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        self.log.lock().unwrap().push("started");
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        self.log.lock().unwrap().push("stopped");
        Ok(())
    }
}

impl Close for Ledger {
    fn close(&self) -> Result<(), BoxError> {
        self.log.lock().unwrap().push("closed");
        Ok(())
    }
}

#[container]
struct Bank {
    #[input]
    log: Log,
    ledger: Ledger,
}

#[tokio::test]
async fn l01_what_has_stopped_is_closed_by_the_container() {
    let bank = Bank::build(BankInputs { log: Log::default() });
    let log = bank.shared::<Log>();
    let application = Application::of(&bank);
    application.start().await.unwrap();
    application.stop().await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["started", "stopped"], "to stop is not to close");
    drop(application);
    bank.close().unwrap();
    assert_eq!(*log.lock().unwrap(), ["started", "stopped", "closed"]);
}

#[service(lifecycle)]
struct Feed {
    #[inject(default)]
    _messages: u32,
}

impl Lifecycle for Feed {}

#[container(provides = [])]
struct Exchange {
    feed: Feed,
    #[qualified(Backup)]
    spare: Feed,
    #[module]
    inner: Inner,
}

#[container(provides = [])]
struct Inner {
    feed: Feed,
}

struct Backup;

#[container]
struct Two {
    #[module]
    bybit: Exchange,
    #[module]
    okx: Exchange,
    feed: Feed,
}

#[test]
fn l02_each_name_means_one_service_however_many_modules_hold_one_of_its_type() {
    let names: Vec<_> = Plan::of(&Two::build(TwoInputs {})).order().collect();
    let expected = ["bybit.feed", "bybit.spare", "bybit.inner.Feed", "okx.feed", "okx.spare", "okx.inner.Feed", "Feed"];
    assert_eq!(names, expected);
}

#[service(lifecycle)]
struct Broken;

#[interface]
impl Lifecycle for Broken {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        Err("it is broken".into())
    }
}

#[container]
struct Failing {
    broken: Broken,
}

impl Failing {
    /// A method of the user's own: it wins.
    fn run(&self) -> &'static str {
        "mine"
    }
}

#[tokio::test(start_paused = true)]
async fn l12_a_container_runs_in_one_call_and_keeps_its_own_methods() {
    let app = Failing::build(FailingInputs {});
    assert_eq!(app.run(), "mine");
    let outcome: Outcome = Run::run(&app).await;
    assert_eq!((outcome.exit_code(), outcome.is_success()), (1, false));
    assert!(outcome.to_string().starts_with("`Broken` could not start: it is broken"), "{outcome}");
}

#[cfg(feature = "health")]
mod health {
    use di_core::health::{Health, HealthCheck, HealthStatus};

    use super::*;
    use crate::world::heard;

    #[service(lifecycle, health(external, timeout = "250ms"))]
    struct Store;

    impl Lifecycle for Store {}

    #[interface]
    impl HealthCheck for Store {
        async fn check(&self) -> Result<Health, BoxError> {
            std::future::pending().await
        }
    }

    #[service(lifecycle, health)]
    struct Cache {
        store: Arc<Store>,
    }

    #[interface]
    impl HealthCheck for Cache {
        async fn check(&self) -> Result<Health, BoxError> {
            tracing::info!("asked");
            Ok(Health::healthy().with("users", Arc::strong_count(&self.store)))
        }
    }

    #[interface]
    impl Lifecycle for Cache {
        async fn start(&self, _context: &Context) -> Result<(), BoxError> {
            tracing::info!("warm");
            Ok(())
        }

        async fn stop(&self) -> Result<(), BoxError> {
            tracing::info!("cold");
            Ok(())
        }
    }

    #[container]
    struct App {
        #[module]
        storage: Storage,
    }

    #[container(provides = [])]
    struct Storage {
        store: Store,
        cache: Cache,
    }

    #[tokio::test(start_paused = true)]
    async fn l16_the_checks_of_a_container_come_from_its_services_and_their_attributes() {
        let application = Application::of(&App::build(AppInputs {}));
        application.start().await.unwrap();
        let health = application.health();
        let records = health.check_now().await;
        let store = &records[0];
        assert_eq!((store.service, store.status, store.external), ("Store", HealthStatus::Unhealthy, true));
        assert_eq!(store.errors, ["the check did not answer within 250ms"]);
        let cache = &records[1];
        assert_eq!((cache.status, cache.effective), (HealthStatus::Healthy, HealthStatus::Degraded));
        assert!((health.ready(), health.live()) == (false, true));
        application.stop().await.unwrap();
    }

    #[test]
    fn l17_the_span_of_a_hook_or_a_check_names_its_service_and_its_container() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let text = heard(|| {
            runtime.block_on(async {
                let application = Application::of(&App::build(AppInputs {}));
                application.start().await.unwrap();
                application.health().check_now().await;
                application.stop().await.unwrap();
            });
        });
        for (span, said) in [("start", "warm"), ("check", "asked"), ("stop", "cold")] {
            let line = format!("{span}{{service=\"Cache\" container=\"App\"}}: lifecycle::container::health: {said}");
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
    }
}
