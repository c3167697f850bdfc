//! Lifetimes of instances, and who shares them.

use std::sync::Arc;

use di_core::dependency::Factory;
use di_core::{container, interface, service};

#[interface]
trait IStore {
    fn name(&self) -> &str;
}

#[service(provides = IStore)]
struct Store;

impl IStore for Store {
    fn name(&self) -> &str {
        "store"
    }
}

#[service(provides = IStore)]
struct Draft {
    store: Arc<Store>,
}

impl IStore for Draft {
    fn name(&self) -> &str {
        "draft"
    }
}

#[service]
struct Left {
    store: Arc<dyn IStore>,
    pad: Arc<Pad>,
}

#[service]
struct Right {
    store: Arc<Store>,
    pad: Arc<Pad>,
}

/// A transient.
#[service]
struct Pad {
    sheet: Arc<Sheet>,
    same_sheet: Arc<Sheet>,
    store: Arc<Store>,
}

/// A transient inside a transient; it has a size, so that two instances have two addresses.
#[service]
struct Sheet {
    #[inject(default)]
    _lines: u32,
}

#[container]
struct App {
    left: Left,
    right: Right,
    store: Store,
    #[transient]
    pad: Pad,
    #[transient]
    sheet: Sheet,
}

fn build() -> App {
    App::build(AppInputs {})
}

#[test]
fn a_singleton_is_the_same_for_everybody() {
    let app = build();
    let store = app.shared::<Store>();
    assert!(Arc::ptr_eq(&store, &app.shared()));
    assert!(Arc::ptr_eq(&store, &app.get::<Right>().store));
    assert!(std::ptr::addr_eq(Arc::as_ptr(&store), Arc::as_ptr(&app.get::<Left>().store)));
    assert_eq!(app.get::<Left>().store.name(), "store");
}

#[test]
fn a_transient_is_a_new_one_for_everybody() {
    let app = build();
    let pads = [
        Arc::clone(&app.get::<Left>().pad),
        Arc::clone(&app.get::<Right>().pad),
        app.shared::<Pad>(),
        app.shared::<Pad>(),
    ];
    for (index, pad) in pads.iter().enumerate() {
        assert!(pads[index + 1..].iter().all(|other| !Arc::ptr_eq(pad, other)));
        assert!(Arc::ptr_eq(&pad.store, &app.shared()), "what a transient needs may well be a singleton");
    }
}

#[test]
fn a_transient_inside_a_transient_is_new_each_time() {
    let app = build();
    let (one, two) = (app.shared::<Pad>(), app.shared::<Pad>());
    assert!(!Arc::ptr_eq(&one.sheet, &two.sheet));
    assert!(!Arc::ptr_eq(&one.sheet, &one.same_sheet));
}

#[container]
struct OnlyDraft {
    #[register(concrete)]
    store: Store,
    #[transient]
    draft: Draft,
}

#[test]
fn a_transient_answers_its_interface_with_a_new_one_each_time() {
    let app = OnlyDraft::build(OnlyDraftInputs {});
    let (one, two) = (app.shared::<dyn IStore>(), app.shared::<dyn IStore>());
    assert_eq!((one.name(), two.name()), ("draft", "draft"));
    assert!(!Arc::ptr_eq(&one, &two));
    assert!(Arc::ptr_eq(&app.shared::<Draft>().store, &app.shared()));
}

#[test]
fn a_transient_belongs_to_its_caller_and_goes_with_it() {
    let app = build();
    let pad = app.shared::<Pad>();
    let sheet = Arc::downgrade(&pad.sheet);
    assert_eq!(Arc::strong_count(&pad), 1);
    drop(pad);
    assert!(sheet.upgrade().is_none());
}

#[test]
fn a_singleton_lives_as_long_as_its_container_or_its_last_holder() {
    let app = build();
    let store = app.shared::<Store>();
    let right = app.shared::<Right>();
    let left = Arc::downgrade(&app.shared::<Left>());
    drop(app);
    assert!(left.upgrade().is_none());
    assert!(Arc::ptr_eq(&right.store, &store));
    drop(right);
    assert_eq!(Arc::strong_count(&store), 1);
}

#[test]
fn two_containers_of_one_type_share_nothing() {
    let (one, two) = (build(), build());
    assert!(!Arc::ptr_eq(&one.shared::<Right>(), &two.shared::<Right>()));
}

#[service]
struct Printer {
    pads: Factory<Pad>,
}

#[container]
struct Office {
    printer: Printer,
    store: Store,
    #[transient]
    pad: Pad,
    #[transient]
    sheet: Sheet,
}

#[test]
fn a_factory_without_arguments_makes_a_new_transient_each_time() {
    let office = Office::build(OfficeInputs {});
    let printer: &Printer = office.get();
    let (one, two) = (printer.pads.make(()), printer.pads.make(()));
    assert!(!Arc::ptr_eq(&one.sheet, &two.sheet));
    assert!(Arc::ptr_eq(&one.store, &two.store));
}
