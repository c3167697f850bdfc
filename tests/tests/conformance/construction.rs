//! Construction of services.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use di_core::dependency::Factory;
use di_core::error::BoxError;
use di_core::{Close, container, interface, service};

use crate::Log;

#[interface]
trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        42
    }
}

#[service]
struct Journal {
    clock: Arc<dyn IClock>,
    log: Arc<Log>,
}

#[container]
struct App {
    journal: Journal,
    clock: SystemClock,
    #[input]
    log: Log,
}

#[test]
fn an_interface_that_is_bound_to_a_type_resolves_to_it() {
    let app = App::build(AppInputs { log: Log::default() });
    let clock: &dyn IClock = app.get();
    assert_eq!(clock.now_ms(), 42);
    assert!(std::ptr::addr_eq(clock, app.get::<SystemClock>()));
    assert!(std::ptr::addr_eq(clock, Arc::as_ptr(&app.get::<Journal>().clock)));
    assert!(app.get::<Journal>().log.events().is_empty());
}

/// An input that would notice if the container closed it.
#[derive(Default)]
struct Closable {
    closed: AtomicU32,
}

impl Close for Closable {
    fn close(&self) -> Result<(), BoxError> {
        self.closed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[container]
struct WithReadyMade {
    #[input]
    ready: Arc<Closable>,
    #[input]
    clock: Arc<dyn IClock>,
    #[input]
    journal_log: Log,
    journal: Journal,
}

#[test]
fn a_ready_made_value_is_returned_as_the_same_value() {
    let ready = Arc::new(Closable::default());
    let clock: Arc<dyn IClock> = Arc::new(SystemClock);
    let app = WithReadyMade::build(WithReadyMadeInputs {
        ready: Arc::clone(&ready),
        clock: Arc::clone(&clock),
        journal_log: Log::default(),
    });
    assert!(Arc::ptr_eq(&app.shared::<Closable>(), &ready));
    assert!(Arc::ptr_eq(&app.shared::<dyn IClock>(), &clock));
    assert!(Arc::ptr_eq(&app.get::<Journal>().clock, &clock));
}

#[test]
fn a_ready_made_value_is_not_closed_by_the_container() {
    let ready = Arc::new(Closable::default());
    let app = WithReadyMade::build(WithReadyMadeInputs {
        ready: Arc::clone(&ready),
        clock: Arc::new(SystemClock),
        journal_log: Log::default(),
    });
    app.close().unwrap();
    assert_eq!(ready.closed.load(Ordering::SeqCst), 0);
    assert_eq!(Arc::strong_count(&ready), 1, "the container keeps no hold of it either");
}

#[service]
struct Ticket {
    journal: Arc<Journal>,
    #[arg]
    quantity: u32,
}

#[service]
struct Desk {
    tickets: Factory<Ticket, (u32,)>,
}

#[container]
struct WithFactory {
    desk: Desk,
    #[transient]
    ticket: Ticket,
    journal: Journal,
    clock: SystemClock,
    #[input]
    log: Log,
}

#[test]
fn a_factory_resolves_dependencies() {
    let app = WithFactory::build(WithFactoryInputs { log: Log::default() });
    let ticket = app.get::<Desk>().tickets.make((3,));
    assert_eq!(ticket.quantity, 3);
    assert!(Arc::ptr_eq(&ticket.journal, &app.shared()));
}

struct Deep {
    log: Arc<Log>,
}

#[service]
impl Deep {
    #[constructor]
    fn new(log: Arc<Log>) -> Self {
        log.note("deep begins");
        let made = Self { log };
        made.log.note("deep ends");
        made
    }
}

struct Middle {
    deep: Arc<Deep>,
}

#[service]
impl Middle {
    #[constructor]
    fn new(deep: Arc<Deep>) -> Self {
        deep.log.note("middle begins");
        let made = Self { deep };
        made.deep.log.note("middle ends");
        made
    }
}

struct Top;

#[service]
impl Top {
    #[constructor]
    fn new(middle: Arc<Middle>, deep: Arc<Deep>) -> Self {
        assert!(Arc::ptr_eq(&middle.deep, &deep));
        deep.log.note("top begins");
        Self
    }
}

#[container]
struct Tower {
    top: Top,
    middle: Middle,
    deep: Deep,
    #[input]
    log: Log,
}

#[test]
fn every_dependency_is_complete_before_its_dependents_constructor_runs() {
    let log = Log::default();
    let _tower = Tower::build(TowerInputs { log: log.clone() });
    assert_eq!(log.events(), ["deep begins", "deep ends", "middle begins", "middle ends", "top begins"]);
}

#[service(provides = IClock, post_construct = Self::start)]
struct Ticking {
    log: Arc<Log>,
    #[inject(default)]
    started: u32,
}

impl Ticking {
    fn start(&mut self) {
        self.log.note("started");
        self.started += 1;
    }
}

impl IClock for Ticking {
    fn now_ms(&self) -> u64 {
        u64::from(self.started)
    }
}

struct Tested {
    ticking: Arc<Ticking>,
    tried: u32,
}

#[service(post_construct = Tested::again)]
impl Tested {
    #[constructor]
    fn new(ticking: Arc<Ticking>) -> Result<Self, std::io::Error> {
        assert_eq!(ticking.started, 1, "nobody sees a service before its hook ran");
        ticking.log.note("tested");
        Ok(Self { ticking, tried: 0 })
    }

    fn again(&mut self) {
        self.ticking.log.note("tested again");
        self.tried += 1;
    }
}

#[container]
struct WithHooks {
    tested: Tested,
    ticking: Ticking,
    #[input]
    log: Log,
}

#[test]
fn a_post_construct_hook_runs_exactly_once_before_anybody_sees_the_service() {
    let log = Log::default();
    let app = WithHooks::build(WithHooksInputs { log: log.clone() }).unwrap();
    assert_eq!(app.get::<dyn IClock>().now_ms(), 1);
    assert_eq!(app.get::<Tested>().tried, 1);
    assert_eq!(log.events(), ["started", "tested", "tested again"]);
}

#[service]
struct Unneeded {
    log: Arc<Log>,
}

#[service]
struct Tuple(Arc<SystemClock>, #[inject(default)] AtomicU32, Arc<dyn IClock>);

#[service]
struct Empty {}

#[container]
struct Shapes {
    tuple: Tuple,
    empty: Empty,
    unneeded: Unneeded,
    clock: SystemClock,
    #[input]
    log: Log,
}

#[test]
fn structs_of_every_shape_are_services() {
    let app = Shapes::build(ShapesInputs { log: Log::default() });
    let tuple: &Tuple = app.get();
    assert!(std::ptr::addr_eq(Arc::as_ptr(&tuple.0), Arc::as_ptr(&tuple.2)));
    assert_eq!(tuple.1.load(Ordering::SeqCst), 0);
    let _: &Empty = app.get();
    assert_eq!(app.get::<Unneeded>().log.events().len(), 0);
}

enum Side {
    Buy(Arc<SystemClock>),
}

#[service]
impl Side {
    #[constructor]
    fn buy(clock: Arc<SystemClock>) -> Self {
        Self::Buy(clock)
    }
}

#[container]
struct WithEnum {
    side: Side,
    clock: SystemClock,
}

#[test]
fn an_enum_is_a_service_through_its_constructor() {
    let app = WithEnum::build(WithEnumInputs {});
    let Side::Buy(clock) = app.get();
    assert!(Arc::ptr_eq(clock, &app.shared()));
}

#[test]
fn a_container_that_keeps_nothing_is_a_container() {
    #[container]
    struct Nothing {}
    let nothing = Nothing::build(NothingInputs {});
    assert_eq!(size_of_val(&nothing), 0);
    nothing.close().unwrap();
}

#[expect(unused_qualifications, clippy::use_self, reason = "a person may write a path")]
mod paths {
    pub(super) struct Settings;

    #[di_core::service]
    impl Settings {
        #[constructor]
        fn new() -> crate::construction::paths::Settings {
            Self
        }
    }

    pub(super) struct Limits;

    #[di_core::service]
    impl self::Limits {
        #[constructor]
        fn new() -> Result<Limits, String> {
            Ok(Self)
        }
    }
}

#[container]
struct WithPaths {
    settings: paths::Settings,
    limits: paths::Limits,
}

#[test]
fn a_constructor_may_name_its_type_by_a_path() {
    assert!(WithPaths::build(WithPathsInputs {}).is_ok());
}
