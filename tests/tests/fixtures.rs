//! Crates with other settings than ours, compiled and run.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use di_core::Provides;
use di_core::prelude::*;

/// The value of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing in these fixtures waits"),
    }
}

#[test]
fn a_crate_of_edition_2021_is_wired() {
    let app = now(fixture_edition_2021::App::build(fixture_edition_2021::AppInputs {})).unwrap();
    assert_eq!(app.get::<fixture_edition_2021::Desk>().sum(), 5);
    assert_eq!(app.many::<dyn fixture_edition_2021::INamed>().by_key("gen").map(|named| named.name()), Some("gen"));
}

#[test]
fn a_crate_that_renames_di_core_is_wired() {
    use fixture_renamed::{App, AppInputs, Desk, FakeModule, FakeModuleInputs, INamed};
    let app = App::build(AppInputs {});
    assert_eq!(app.get::<Desk>().sum(), 5);
    assert_eq!(app.get::<dyn INamed>().name(), "unkeyed");
    assert_eq!(FakeModule::build(FakeModuleInputs {}).get::<dyn INamed>().name(), "fake");
}

#[test]
fn a_crate_with_every_lint_on_is_wired() {
    use fixture_strict::{App, AppInputs, Desk};
    let app = now(App::build(AppInputs { settings: "x".to_owned() })).unwrap();
    assert_eq!(app.get::<Desk>().sum(), "outer".len() * 2 + "backup".len() * 2 + 3 + 2 + "inner".len());
}

#[test]
fn a_public_container_may_hold_a_private_service() {
    fn name(container: &impl Provides<dyn fixture_strict::INamed>) -> &str {
        container.get().name()
    }
    let discreet = fixture_strict::Discreet::build(fixture_strict::DiscreetInputs {});
    assert_eq!(name(&discreet), "hidden");
}

#[test]
fn a_public_container_may_hold_a_private_module_and_a_private_scope() {
    let discreeter = fixture_strict::Discreeter::build(fixture_strict::DiscreeterInputs {});
    assert_eq!(discreeter.name(), "hidden");
    assert_eq!(fixture_strict::Discreeter::GRAPH.nodes.len(), 2);
}

#[test]
fn a_crate_without_std_is_wired() {
    use fixture_no_std::{App, AppInputs, Desk, ScopeInputs};
    let app = now(App::build(AppInputs { name: "x".into() })).unwrap();
    assert_eq!(app.get::<Desk>().sum(), 4);
    assert_eq!(app.scope(ScopeInputs {}).get::<String>(), "x");
    app.close().unwrap();
}

/// Here other crates of the workspace turn `std` on for all; checked by itself, the crate has only what it asks for.
#[test]
fn di_core_compiles_with_alloc_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-std");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "-p", "fixture-no-std", "--target-dir"])
        .arg(&target)
        .current_dir(root)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(!errors.contains("warning"), "{errors}");
}
