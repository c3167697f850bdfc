//! Modules: what they take, hide and export.

use std::sync::Arc;

use di_core::{Container, container, interface, service};

use crate::Log;

#[interface]
trait IClock {
    fn now_ms(&self) -> u64;
}

#[interface]
trait IAlerts {
    fn count(&self) -> usize;
}

#[interface]
trait IHealth {
    fn ok(&self) -> bool;
}

#[service(provides = IClock)]
struct Clock;

impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        5
    }
}

/// Private to the module.
#[service]
struct Thresholds {
    clock: Arc<dyn IClock>,
}

#[service(provides = [IAlerts, IHealth])]
struct Alerts {
    thresholds: Arc<Thresholds>,
    log: Arc<Log>,
}

impl IAlerts for Alerts {
    fn count(&self) -> usize {
        self.log.events().len()
    }
}

impl IHealth for Alerts {
    fn ok(&self) -> bool {
        self.thresholds.clock.now_ms() == 5
    }
}

#[container(provides = [IAlerts, IHealth])]
struct Monitoring {
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    log: Arc<Log>,
    thresholds: Thresholds,
    alerts: Alerts,
}

#[service]
struct Dashboard {
    alerts: Arc<dyn IAlerts>,
    health: Arc<dyn IHealth>,
}

/// Has a type of the same name as one inside the module: nothing of a module leaks.
#[container]
struct App {
    dashboard: Dashboard,
    thresholds: Thresholds,
    #[module]
    monitoring: Monitoring,
    clock: Clock,
    #[input]
    log: Log,
}

#[test]
fn a_module_exports_what_it_provides_and_inherits_what_is_around_it() {
    let app = App::build(AppInputs { log: Log::default() });
    let dashboard: &Dashboard = app.get();
    assert!(dashboard.health.ok());
    assert_eq!(dashboard.alerts.count(), 0);
    assert!(Arc::ptr_eq(&dashboard.alerts, &app.shared()));
    assert!(std::ptr::addr_eq(Arc::as_ptr(&dashboard.alerts), Arc::as_ptr(&dashboard.health)));
}

#[test]
fn what_a_module_does_not_export_is_its_own() {
    let app = App::build(AppInputs { log: Log::default() });
    // Both the container and its module have one; a second one in the container would be DI0003 if the module leaked.
    let outer = app.shared::<Thresholds>();
    assert_eq!(Arc::strong_count(&outer), 2);
    assert_eq!(App::GRAPH.nodes.iter().filter(|node| node.service == "Thresholds").count(), 1);
}

#[container(provides = [IAlerts])]
struct Wrapping {
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    log: Arc<Log>,
    #[module]
    inner: Monitoring,
}

#[container]
struct Outermost {
    #[module]
    wrapping: Wrapping,
    clock: Clock,
    #[input]
    log: Log,
}

#[test]
fn modules_nest_and_export_through_each_other() {
    let log = Log::default();
    log.note("one");
    let app = Outermost::build(OutermostInputs { log });
    assert_eq!(app.get::<dyn IAlerts>().count(), 1);
}

#[test]
fn a_module_is_stored_inline() {
    assert_eq!(size_of::<Outermost>(), size_of::<Wrapping>() + 2 * size_of::<Arc<Clock>>());
}

#[container]
struct Inherits {
    #[inherit]
    maybe: Option<Arc<dyn IHealth>>,
    #[inherit]
    clock: Arc<Clock>,
    user: UsesMaybe,
}

#[service]
struct UsesMaybe {
    health: Option<Arc<dyn IHealth>>,
    clock: Arc<Clock>,
}

#[container]
#[absent(dyn IHealth)]
struct NoHealth {
    clock: Clock,
    #[module]
    inner: Inherits,
}

#[test]
fn a_module_inherits_an_option_and_a_concrete_type() {
    let app = NoHealth::build(NoHealthInputs {});
    let found = app.lookup("UsesMaybe").unwrap();
    let user = found.downcast_ref::<UsesMaybe>().unwrap();
    assert!(user.health.is_none());
    assert!(Arc::ptr_eq(&user.clock, &app.shared()));
}

struct Connects;

#[service(provides = IHealth)]
impl Connects {
    #[constructor]
    async fn new() -> Result<Self, std::io::Error> {
        tokio::task::yield_now().await;
        Ok(Self)
    }
}

impl IHealth for Connects {
    fn ok(&self) -> bool {
        true
    }
}

#[container(build = async_fallible, provides = IHealth)]
struct AsyncModule {
    connects: Connects,
}

#[container]
struct AsyncThroughModule {
    #[module]
    module: AsyncModule,
}

#[tokio::test]
async fn an_async_fallible_module_makes_its_container_async_and_fallible() {
    let app = AsyncThroughModule::build(AsyncThroughModuleInputs {}).await.unwrap();
    assert!(app.get::<dyn IHealth>().ok());
}

#[test]
fn a_module_stands_by_itself_in_a_test() {
    #[container]
    struct Harness {
        #[module]
        monitoring: Monitoring,
        #[input]
        clock: Arc<dyn IClock>,
        #[input]
        log: Log,
    }
    let harness = Harness::build(HarnessInputs { clock: Arc::new(Clock), log: Log::default() });
    assert!(harness.get::<dyn IHealth>().ok());
}

#[service(provides = IHealth)]
struct Plainly;

impl IHealth for Plainly {
    fn ok(&self) -> bool {
        false
    }
}

#[container(build = async_fallible)]
struct DeclaresMore {
    plainly: Plainly,
}

#[container]
struct ListsWhatDeclaresMore {
    #[module]
    more: DeclaresMore,
}

#[tokio::test]
async fn what_a_container_declares_is_what_it_is_whatever_its_services_need() {
    let app = DeclaresMore::build(DeclaresMoreInputs {}).await.unwrap();
    assert!(!app.get::<dyn IHealth>().ok());
    let around = ListsWhatDeclaresMore::build(ListsWhatDeclaresMoreInputs {}).await.unwrap();
    assert!(!around.more.get::<dyn IHealth>().ok());
    for graph in [DeclaresMore::GRAPH, ListsWhatDeclaresMore::GRAPH] {
        assert!(graph.is_async() && graph.is_fallible(), "{}", graph.container);
    }
}

#[container(build = infallible)]
struct AtOnce {
    health: Plainly,
}

#[container(from = AtOnce, build = async_fallible, replace(health = Connects))]
struct Awaited;

#[tokio::test]
async fn a_derived_container_declares_its_own_mode() {
    let app = Awaited::build(AwaitedInputs {}).await.unwrap();
    assert!(app.get::<dyn IHealth>().ok());
    assert!(!AtOnce::build(AtOnceInputs {}).get::<dyn IHealth>().ok());
}
