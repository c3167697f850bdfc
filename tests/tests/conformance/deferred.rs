//! Deferred dependencies and factories.

use std::sync::{Arc, Mutex};

use di_core::dependency::{Factory, Lazy, LazyError};
use di_core::{container, interface, service};

#[interface]
trait IMonitor {
    fn engine(&self) -> &Engine;
}

/// Needs the monitor, which needs it.
#[service]
struct Engine {
    monitor: Lazy<dyn IMonitor>,
}

#[service(provides = IMonitor)]
struct Monitor {
    engine: Arc<Engine>,
}

impl IMonitor for Monitor {
    fn engine(&self) -> &Engine {
        &self.engine
    }
}

#[container]
struct App {
    engine: Engine,
    monitor: Monitor,
}

#[test]
fn a_cycle_through_lazy_works() {
    let app = App::build(AppInputs {});
    let monitor = app.get::<Engine>().monitor.get().unwrap();
    assert!(std::ptr::eq(monitor.engine(), app.get::<Engine>()));
    assert!(Arc::ptr_eq(&monitor, &app.shared()));
}

#[test]
fn a_lazy_singleton_is_the_same_each_time() {
    let app = App::build(AppInputs {});
    let lazy = app.get::<Engine>().monitor.clone();
    assert!(Arc::ptr_eq(&lazy.get().unwrap(), &lazy.get().unwrap()));
}

#[test]
fn a_lazy_says_that_the_container_is_gone() {
    let app = App::build(AppInputs {});
    let lazy = app.get::<Engine>().monitor.clone();
    drop(app);
    assert_eq!(lazy.get().err(), Some(LazyError::Gone));
}

#[test]
fn two_services_that_need_each_other_through_lazy_do_not_keep_each_other_alive() {
    let app = App::build(AppInputs {});
    let (engine, monitor) = (Arc::downgrade(&app.shared::<Engine>()), Arc::downgrade(&app.shared::<Monitor>()));
    drop(app);
    assert!(engine.upgrade().is_none() && monitor.upgrade().is_none());
}

/// Asks in its constructor, which is too early.
struct Impatient {
    answer: Option<LazyError>,
    again: Lazy<Engine>,
}

#[service]
impl Impatient {
    #[constructor]
    fn new(engine: Lazy<Engine>) -> Self {
        Self { answer: engine.get().err(), again: engine }
    }
}

#[container]
struct TooEarly {
    impatient: Impatient,
    monitor: Monitor,
    engine: Engine,
}

#[test]
fn a_lazy_says_that_the_container_is_not_built_yet() {
    let app = TooEarly::build(TooEarlyInputs {});
    let impatient: &Impatient = app.get();
    assert_eq!(impatient.answer, Some(LazyError::NotBuilt));
    assert!(Arc::ptr_eq(&impatient.again.get().unwrap(), &app.shared()));
}

struct Slow;

#[service]
impl Slow {
    #[constructor]
    async fn new(engine: Lazy<Engine>) -> Self {
        tokio::task::yield_now().await;
        assert_eq!(engine.get().err(), Some(LazyError::NotBuilt), "complete or not: never half");
        Self
    }
}

#[container]
struct AsyncApp {
    engine: Engine,
    monitor: Monitor,
    slow: Slow,
}

#[tokio::test]
async fn a_lazy_of_an_async_container_is_there_once_all_is_built() {
    let app = AsyncApp::build(AsyncAppInputs {}).await;
    assert!(app.get::<Engine>().monitor.get().is_ok());
}

#[service]
struct Ticket {
    #[arg]
    symbol: String,
    engine: Arc<Engine>,
    #[arg]
    quantity: u32,
    #[inject(default)]
    notes: Mutex<Vec<String>>,
    monitor: Arc<dyn IMonitor>,
    #[arg]
    side: Option<bool>,
}

#[service]
struct Desk {
    tickets: Factory<Ticket, (String, u32, Option<bool>)>,
}

#[container]
struct Trading {
    #[transient]
    ticket: Ticket,
    desk: Desk,
    engine: Engine,
    monitor: Monitor,
}

#[test]
fn a_factory_takes_any_mix_of_given_and_injected_arguments() {
    let app = Trading::build(TradingInputs {});
    let desk: &Desk = app.get();
    let ticket = desk.tickets.make(("BTC".to_owned(), 5, Some(true)));
    assert_eq!((ticket.symbol.as_str(), ticket.quantity, ticket.side), ("BTC", 5, Some(true)));
    assert!(Arc::ptr_eq(&ticket.engine, &app.shared()));
    assert!(Arc::ptr_eq(&ticket.monitor, &app.shared()));
    assert!(ticket.notes.lock().unwrap().is_empty());
}

#[test]
fn a_factory_of_a_transient_makes_a_new_one_each_time_and_its_clone_does_too() {
    let app = Trading::build(TradingInputs {});
    let factory = app.get::<Desk>().tickets.clone();
    let make = || factory.make(("BTC".to_owned(), 1, None));
    let (one, two) = (make(), make());
    one.notes.lock().unwrap().push("mine".to_owned());
    assert!(two.notes.lock().unwrap().is_empty());
    assert!(Arc::ptr_eq(&one.engine, &two.engine));
}

struct Login {
    user: String,
}

#[service]
impl Login {
    #[constructor]
    async fn new(_: Arc<Engine>, #[arg] user: String) -> Self {
        tokio::task::yield_now().await;
        Self { user }
    }
}

#[derive(Debug)]
struct Checked(u32);

#[service]
impl Checked {
    #[constructor]
    fn new(#[arg] quantity: u32) -> Result<Self, std::num::TryFromIntError> {
        Ok(Self(u8::try_from(quantity)?.into()))
    }
}

struct Both(u32);

#[service]
impl Both {
    #[constructor]
    async fn new(#[arg] quantity: u32) -> Result<Self, std::num::TryFromIntError> {
        tokio::task::yield_now().await;
        Ok(Self(u8::try_from(quantity)?.into()))
    }
}

#[service]
struct Factories {
    logins: Factory<Login, (String,)>,
    checked: Factory<Checked, (u32,)>,
    both: Factory<Both, (u32,)>,
}

#[container]
struct Modes {
    factories: Factories,
    engine: Engine,
    monitor: Monitor,
    #[transient]
    login: Login,
    #[transient]
    checked: Checked,
    #[transient]
    both: Both,
}

#[tokio::test]
async fn an_async_factory_returns_a_future_and_does_not_make_the_container_async() {
    let app: Modes = Modes::build(ModesInputs {});
    let factories: &Factories = app.get();
    assert_eq!(factories.logins.make(("me".to_owned(),)).await.user, "me");
}

#[test]
fn a_fallible_factory_returns_a_result_with_the_original_error() {
    let app: Modes = Modes::build(ModesInputs {});
    let factories: &Factories = app.get();
    assert_eq!(factories.checked.make((200,)).unwrap().0, 200);
    let error = factories.checked.make((300,)).unwrap_err();
    assert_eq!(error.service(), "Checked");
    assert!(error.downcast_ref::<std::num::TryFromIntError>().is_some());
}

#[tokio::test]
async fn an_async_fallible_factory_returns_a_future_of_a_result() {
    let app: Modes = Modes::build(ModesInputs {});
    let factories: &Factories = app.get();
    assert_eq!(factories.both.make((200,)).await.unwrap().0, 200);
    assert!(factories.both.make((300,)).await.is_err());
}
