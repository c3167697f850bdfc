//! Qualifiers of two bindings of one key, and optional dependencies.

use std::sync::Arc;

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
trait IStore {
    fn name(&self) -> String;
}

#[service(provides = IStore)]
struct Disk {
    #[inject(default)]
    _writes: u64,
}

impl IStore for Disk {
    fn name(&self) -> String {
        "disk".to_owned()
    }
}

#[service(provides = IStore)]
struct Memory;

impl IStore for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }
}

struct Primary;
struct Backup;

#[service]
struct Mirror {
    #[inject(qualified = Primary)]
    primary: Arc<dyn IStore>,
    #[inject(qualified = Backup)]
    backup: Arc<dyn IStore>,
    plain: Arc<dyn IStore>,
}

#[container]
struct App {
    mirror: Mirror,
    #[qualified(Primary)]
    primary: Disk,
    #[qualified(Backup)]
    backup: Disk,
    plain: Memory,
}

#[test]
fn a_qualifier_tells_two_bindings_of_one_interface_apart() {
    let app = App::build(AppInputs {});
    let mirror: &Mirror = app.get();
    assert!(!Arc::ptr_eq(&mirror.primary, &mirror.backup));
    assert!(Arc::ptr_eq(&mirror.primary, &app.qualified::<Primary>().shared()));
    assert!(Arc::ptr_eq(&mirror.backup, &app.qualified::<Backup>().shared()));
    assert!(std::ptr::addr_eq(app.qualified::<Backup>().get::<Disk>(), Arc::as_ptr(&mirror.backup)));
}

#[test]
fn a_qualified_binding_never_answers_an_unqualified_question() {
    let app = App::build(AppInputs {});
    assert_eq!(app.get::<dyn IStore>().name(), "memory");
    assert_eq!(app.get::<Mirror>().plain.name(), "memory");
}

/// A decorator: it wraps what it depends on under the same interface.
#[service(provides = IStore)]
struct Counting {
    inner: Arc<Disk>,
}

impl IStore for Counting {
    fn name(&self) -> String {
        format!("counting {}", self.inner.name())
    }
}

#[service]
struct Consumer {
    store: Arc<dyn IStore>,
}

#[container]
struct Decorated {
    consumer: Consumer,
    #[register(concrete)]
    disk: Disk,
    counting: Counting,
}

#[test]
fn a_decorator_wraps_a_concrete_binding_without_the_consumers_knowing() {
    let app = Decorated::build(DecoratedInputs {});
    assert_eq!(app.get::<Consumer>().store.name(), "counting disk");
    assert!(Arc::ptr_eq(&app.get::<Counting>().inner, &app.shared()));
}

#[service(provides = IStore)]
struct Locking {
    #[inject(qualified = Inner)]
    inner: Arc<dyn IStore>,
}

impl IStore for Locking {
    fn name(&self) -> String {
        format!("locking {}", self.inner.name())
    }
}

struct Inner;

#[container]
struct DecoratedTwice {
    consumer: Consumer,
    #[register(concrete)]
    disk: Disk,
    #[qualified(Inner)]
    counting: Counting,
    locking: Locking,
}

#[test]
fn a_decorator_wraps_a_qualified_binding_and_decorators_stack() {
    let app = DecoratedTwice::build(DecoratedTwiceInputs {});
    assert_eq!(app.get::<Consumer>().store.name(), "locking counting disk");
}

#[interface]
trait ITracer {
    fn level(&self) -> u8;
}

#[service(provides = ITracer)]
struct Tracer;

impl ITracer for Tracer {
    fn level(&self) -> u8 {
        3
    }
}

#[service]
struct Traced {
    tracer: Option<Arc<dyn ITracer>>,
    concrete: Option<Arc<Tracer>>,
}

#[container]
struct WithTracer {
    traced: Traced,
    tracer: Tracer,
}

#[container]
#[absent(dyn ITracer)]
#[absent(Tracer)]
struct WithoutTracer {
    traced: Traced,
}

#[test]
fn an_optional_dependency_that_is_there_is_given() {
    let app = WithTracer::build(WithTracerInputs {});
    let tracer = app.get::<Traced>().tracer.as_ref().unwrap();
    assert_eq!(tracer.level(), 3);
    assert!(Arc::ptr_eq(tracer, &app.shared()));
    assert!(Arc::ptr_eq(app.get::<Traced>().concrete.as_ref().unwrap(), &app.shared()));
}

#[test]
fn an_optional_dependency_that_is_declared_absent_is_none() {
    let app = WithoutTracer::build(WithoutTracerInputs {});
    assert!(app.get::<Traced>().tracer.is_none());
    assert!(app.get::<Traced>().concrete.is_none());
}

#[container]
struct FromCaller {
    traced: OnlyInterface,
    #[input]
    tracer: Option<Arc<dyn ITracer>>,
}

#[service]
struct OnlyInterface {
    tracer: Option<Arc<dyn ITracer>>,
}

#[test]
fn the_caller_can_decide_whether_an_optional_dependency_is_there() {
    let none = FromCaller::build(FromCallerInputs { tracer: None });
    assert!(none.get::<OnlyInterface>().tracer.is_none());
    let some = FromCaller::build(FromCallerInputs { tracer: Some(Arc::new(Tracer)) });
    assert!(some.get::<OnlyInterface>().tracer.is_some());
}

#[service]
struct Group {
    stores: Many<dyn IStore>,
    one: Arc<dyn IStore>,
}

#[container]
struct GroupBesideOne {
    group: Group,
    #[many(dyn IStore)]
    disk: Disk,
    memory: Memory,
}

#[test]
fn a_binding_of_the_interface_stands_beside_a_group_of_it() {
    let app = GroupBesideOne::build(GroupBesideOneInputs {});
    let group: &Group = app.get();
    assert_eq!(group.stores.iter().map(|store| store.name()).collect::<Vec<_>>(), ["disk"]);
    assert_eq!(group.one.name(), "memory");
}

struct OfString;

#[service]
struct Labels {
    #[inject(qualified = OfString)]
    label: Arc<String>,
    other: Arc<String>,
}

#[container]
struct QualifiedInputs {
    #[input]
    #[qualified(OfString)]
    label: String,
    #[input]
    other: String,
    labels: Labels,
}

#[test]
fn two_inputs_of_one_type_are_told_apart_by_a_qualifier() {
    let app = QualifiedInputs::build(QualifiedInputsInputs { label: "a".to_owned(), other: "b".to_owned() });
    let labels: &Labels = app.get();
    assert_eq!((labels.label.as_str(), labels.other.as_str()), ("a", "b"));
}

#[container(provides = IStore)]
struct Archive {
    store: Disk,
}

#[container]
struct WithArchive {
    #[module]
    #[qualified(Backup)]
    archive: Archive,
    plain: Memory,
}

#[test]
fn what_a_qualified_module_exports_answers_under_its_qualifier_alone() {
    let app = WithArchive::build(WithArchiveInputs {});
    let (plain, backup): (&dyn IStore, &dyn IStore) = (app.get(), app.qualified::<Backup>().get());
    assert_eq!((plain.name(), backup.name()), ("memory".to_owned(), "disk".to_owned()));
}

#[service]
struct Audited {
    #[inject(qualified = Backup)]
    store: Option<Arc<dyn IStore>>,
}

#[container]
#[absent(dyn IStore)]
struct WithoutStore {
    audited: Audited,
}

#[test]
fn what_is_absent_is_absent_under_each_qualifier() {
    assert!(WithoutStore::build(WithoutStoreInputs {}).audited.store.is_none());
}
