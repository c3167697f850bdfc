//! Constructors that fail.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use di_core::error::BuildError;
use di_core::{container, service};

use crate::Log;
use crate::log::NotesDrop;

#[derive(Debug, PartialEq)]
struct Refused {
    code: u32,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused with {}", self.code)
    }
}

impl std::error::Error for Refused {}

struct First {
    _note: NotesDrop,
}

#[service]
impl First {
    #[constructor]
    fn new(log: Arc<Log>) -> Self {
        Self { _note: NotesDrop::new(&log, "first") }
    }
}

struct Second {
    _note: NotesDrop,
}

#[service]
impl Second {
    #[constructor]
    fn new(_: Arc<First>, log: Arc<Log>) -> Self {
        Self { _note: NotesDrop::new(&log, "second") }
    }
}

struct Fails;

#[service]
impl Fails {
    #[constructor]
    fn new(_: Arc<Second>, fails: Arc<bool>) -> Result<Self, Refused> {
        if *fails { Err(Refused { code: 7 }) } else { Ok(Self) }
    }
}

#[service]
struct Asks {
    _fails: Arc<Fails>,
}

#[service]
struct AsksMore {
    _asks: Arc<Asks>,
}

#[container]
struct App {
    top: AsksMore,
    middle: Asks,
    fails: Fails,
    second: Second,
    first: First,
    #[input]
    log: Log,
    #[input]
    should_fail: bool,
}

fn build(should_fail: bool) -> (Log, Result<App, BuildError>) {
    let log = Log::default();
    let result = App::build(AppInputs { log: log.clone(), should_fail });
    (log, result)
}

#[test]
fn the_original_error_of_a_constructor_can_be_had_by_downcast() {
    let error = build(true).1.unwrap_err();
    assert_eq!(error.downcast_ref::<Refused>(), Some(&Refused { code: 7 }));
    assert!(error.downcast_ref::<std::io::Error>().is_none());
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.downcast_ref::<Refused>(), Some(&Refused { code: 7 }));
}

#[test]
fn a_failure_names_the_service_and_the_chain_that_asked_for_it() {
    let error = build(true).1.unwrap_err();
    assert_eq!(error.service(), "Fails");
    assert_eq!(error.chain(), ["AsksMore", "Asks", "Fails"]);
    assert_eq!(error.to_string(), "`Fails` could not be built (asked for by AsksMore -> Asks): refused with 7");
}

#[test]
fn what_was_built_before_a_failing_constructor_is_dropped_in_reverse_order() {
    let (log, result) = build(true);
    assert!(result.is_err());
    assert_eq!(log.events(), ["made first", "made second", "dropped second", "dropped first"]);
}

#[test]
fn a_constructor_that_may_fail_and_does_not_is_built() {
    let (log, result) = build(false);
    assert_eq!(log.events(), ["made first", "made second"]);
    drop(result.unwrap());
    assert_eq!(log.events().len(), 4, "a plain drop leaves nothing behind");
}

struct LaterFirst {
    _note: NotesDrop,
}

#[service]
impl LaterFirst {
    #[constructor]
    async fn new(log: Arc<Log>) -> Self {
        tokio::task::yield_now().await;
        Self { _note: NotesDrop::new(&log, "first") }
    }
}

struct LaterSecond {
    _note: NotesDrop,
}

#[service]
impl LaterSecond {
    #[constructor]
    async fn new(_: Arc<LaterFirst>, log: Arc<Log>) -> Self {
        tokio::task::yield_now().await;
        Self { _note: NotesDrop::new(&log, "second") }
    }
}

struct LaterFails;

#[service]
impl LaterFails {
    #[constructor]
    async fn new(_: Arc<LaterSecond>) -> Result<Self, Refused> {
        tokio::task::yield_now().await;
        Err(Refused { code: 9 })
    }
}

struct Running;

#[service]
impl Running {
    #[constructor]
    async fn new(log: Arc<Log>) -> Self {
        let _note = NotesDrop::new(&log, "half of running");
        std::future::pending::<()>().await;
        Self
    }
}

#[container]
struct Later {
    running: Running,
    fails: LaterFails,
    second: LaterSecond,
    first: LaterFirst,
    #[input]
    log: Log,
}

#[tokio::test]
async fn what_was_built_before_a_failing_async_constructor_is_dropped_in_reverse_order() {
    let log = Log::default();
    let error = Later::build(LaterInputs { log: log.clone() }).await.unwrap_err();
    assert_eq!(error.downcast_ref::<Refused>(), Some(&Refused { code: 9 }));
    assert_eq!(error.chain(), ["LaterFails"]);
    let events = log.events();
    assert_eq!(events[..3], ["made half of running", "made first", "made second"]);
    assert_eq!(events[3..], ["dropped half of running", "dropped second", "dropped first"]);
}

#[test]
fn dropping_a_build_future_half_way_drops_what_was_built_in_reverse_order() {
    let log = Log::default();
    let mut future = Box::pin(Later::build(LaterInputs { log: log.clone() }));
    // `yield_now` needs no runtime. Each poll lets each constructor go one step on.
    for _ in 0..3 {
        let poll = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll, Poll::Pending));
        if log.events().len() == 3 {
            break;
        }
    }
    assert_eq!(log.events(), ["made half of running", "made first", "made second"]);
    drop(future);
    assert_eq!(log.events()[3..], ["dropped half of running", "dropped second", "dropped first"]);
}

#[test]
fn a_build_future_that_is_never_polled_runs_no_constructor() {
    let log = Log::default();
    drop(Later::build(LaterInputs { log: log.clone() }));
    assert!(log.events().is_empty());
}

#[container(build = fallible)]
struct Inner {
    #[inherit]
    log: Arc<Log>,
    fails: AlwaysFails,
}

struct AlwaysFails;

#[service]
impl AlwaysFails {
    #[constructor]
    fn new() -> Result<Self, Refused> {
        Err(Refused { code: 1 })
    }
}

#[container]
struct Outer {
    #[module]
    inner: Inner,
    #[input]
    log: Log,
}

#[test]
fn a_failure_in_a_module_names_the_service_and_the_module() {
    let error = Outer::build(OuterInputs { log: Log::default() }).unwrap_err();
    assert_eq!(error.service(), "AlwaysFails");
    assert_eq!(error.chain(), ["Inner", "AlwaysFails"]);
    assert!(error.downcast_ref::<Refused>().is_some());
}

struct Ledger {
    _note: NotesDrop,
}

#[service]
impl Ledger {
    #[constructor]
    fn new(log: Arc<Log>) -> Self {
        Self { _note: NotesDrop::new(&log, "ledger") }
    }
}

#[service]
struct Journal {
    _ledger: Arc<Ledger>,
}

#[container(provides = [Journal])]
struct Books {
    #[inherit]
    log: Arc<Log>,
    ledger: Ledger,
    journal: Journal,
}

struct Desk {
    _note: NotesDrop,
}

#[service]
impl Desk {
    #[constructor]
    fn new(_: Arc<Journal>, log: Arc<Log>) -> Self {
        Self { _note: NotesDrop::new(&log, "desk") }
    }
}

struct FailsLater;

#[service]
impl FailsLater {
    #[constructor]
    async fn new(_: Arc<Desk>) -> Result<Self, Refused> {
        Err(Refused { code: 3 })
    }
}

#[container]
struct Office {
    #[module]
    books: Books,
    desk: Desk,
    fails: FailsLater,
    #[input]
    log: Log,
}

#[tokio::test]
async fn what_a_module_keeps_is_dropped_after_what_was_built_after_it() {
    let log = Log::default();
    let error = Office::build(OfficeInputs { log: log.clone() }).await.unwrap_err();
    assert_eq!(error.downcast_ref::<Refused>(), Some(&Refused { code: 3 }));
    assert_eq!(log.events(), ["made ledger", "made desk", "dropped desk", "dropped ledger"]);
}
