//! Look-ups by name, and what says that nothing was found.

use std::sync::Arc;

use di_core::error::LookupError;
use di_core::{container, service};

#[service]
struct Clock;

#[service]
struct Store {
    #[inject(default)]
    _writes: u64,
}

#[service]
struct Inside {
    clock: Arc<Clock>,
}

#[service]
struct Draft;

struct Backup;

#[container]
struct Module {
    #[inherit]
    clock: Arc<Clock>,
    hidden: Inside,
}

#[container]
struct Scoped {}

#[container]
struct App {
    clock: Clock,
    store: Store,
    #[qualified(Backup)]
    backup: Store,
    #[transient]
    draft: Draft,
    #[input]
    label: String,
    #[module]
    module: Module,
    #[scope]
    scope: Scoped,
}

fn app() -> App {
    App::build(AppInputs { label: "x".to_owned() })
}

#[test]
fn a_service_is_found_by_its_name_and_by_its_fields_name() {
    let app = app();
    for name in ["Clock", "clock"] {
        let found = app.lookup(name).unwrap().downcast::<Clock>().unwrap();
        assert!(Arc::ptr_eq(&found, &app.shared()));
    }
}

#[test]
fn an_unknown_name_says_which_names_there_are() {
    let Err(LookupError::Unknown { name, known }) = app().lookup("Clok") else { panic!("there is no `Clok`") };
    assert_eq!(name, "Clok");
    assert!(known.contains(&"Clock") && known.contains(&"Inside"));
}

#[test]
fn a_name_that_several_fields_hold_is_ambiguous_and_each_field_is_found_by_its_own() {
    let app = app();
    assert_eq!(
        app.lookup("Store").unwrap_err(),
        LookupError::Ambiguous { name: "Store".to_owned(), fields: vec!["store", "backup"] }
    );
    let backup = app.lookup("backup").unwrap().downcast::<Store>().unwrap();
    assert!(Arc::ptr_eq(&backup, &app.qualified::<Backup>().shared()));
}

#[test]
fn what_the_container_does_not_keep_says_so() {
    let app = app();
    for name in ["Draft", "draft", "String", "label", "module", "Module", "scope", "Scoped"] {
        assert_eq!(app.lookup(name).unwrap_err(), LookupError::NotKept { name: name.to_owned() }, "{name}");
    }
}

#[test]
fn a_service_inside_a_module_is_found() {
    let app = app();
    for name in ["Inside", "hidden"] {
        let inside = app.lookup(name).unwrap().downcast::<Inside>().unwrap();
        assert!(Arc::ptr_eq(&inside.clock, &app.shared()));
    }
}

#[test]
fn errors_of_a_lookup_read_as_sentences() {
    let app = app();
    assert_eq!(
        app.lookup("Store").unwrap_err().to_string(),
        "several fields hold a `Store`: store, backup; ask by the field's name"
    );
    assert_eq!(app.lookup("Draft").unwrap_err().to_string(), "the container keeps no instance of `Draft`");
}
