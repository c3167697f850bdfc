//! The commands `kill` and `resume`, beside a platform that runs and without one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use trading_services::ports::{IStateManager, StateFact};

use crate::process::Running;
use crate::store_commands::{admin, says};
use crate::{common, store};

#[tokio::test(flavor = "multi_thread")]
async fn trading_that_has_ended_goes_on_after_it_was_resumed() {
    use di_core::prelude::*;
    use trading_services::ports::IRiskManager;

    let folder = tempfile::tempdir().unwrap();
    store::build(folder.path(), 0).get::<dyn IRiskManager>().kill("by the test");
    drop(store::open(folder.path()));
    assert_eq!(store::build(folder.path(), 0).get::<dyn IRiskManager>().killed().as_deref(), Some("by the test"));
    drop(store::open(folder.path()));
    let resume = ["resume", "--reason", "the test wants to see it"];
    assert_eq!(says(folder.path(), &resume), "trading goes on with the next start\n");
    assert_eq!(says(folder.path(), &resume), "trading had not ended\n");
    assert_eq!(store::build(folder.path(), 0).get::<dyn IRiskManager>().killed(), None);
}

#[test]
fn trading_is_ended_by_a_command_while_the_platform_runs_and_while_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let store = ["--store", state.to_str().unwrap()];
    let mut platform = Running::start(&store);
    let address = platform.started();
    // A platform with another state answers where the settings say: the one that has the state is asked all the same.
    let beside = folder.path().join("beside");
    let mut other = Running::start(&["--store", beside.to_str().unwrap()]);
    let elsewhere = other.started();
    let mut kill = common::binary(&[&["kill", "--reason", "by hand"][..], &store].concat());
    let (code, stdout, stderr) = common::said(&kill.env("TRADING_HTTP__ADDRESS", elsewhere).output().unwrap());
    assert_eq!((code, stdout.as_str()), (0, "trading has ended: by hand\n"), "{stderr}");
    platform.wait_for_error("trading has ended: by hand");
    other.signal("-INT");
    let (code, _, stderr) = other.end();
    assert!(code == 0 && !stderr.contains("trading has ended"), "{stderr}");
    let (code, stdout, stderr) =
        common::said(&common::binary(&["kill", "--reason", "again", "--address", &address]).output().unwrap());
    assert_eq!((code, stdout.as_str()), (0, "trading has ended: by hand\n"), "the first reason holds: {stderr}");
    platform.signal("-INT");
    assert_eq!(platform.end().0, 0);

    let kill = ["kill", "--reason", "again"];
    assert_eq!(says(&state, &kill), "no platform has the state folder; trading had ended before\n");
    assert_eq!(says(&state, &["resume", "--reason", "seen"]), "trading goes on with the next start\n");
    let ended =
        "no platform has the state folder; trading has ended, and the next start over it cancels what is open\n";
    assert_eq!(says(&state, &kill), ended);
    let mut platform = Running::start(&store);
    platform.wait_for_error("trading has ended: again");
    platform.signal("-INT");
    let (code, stdout, stderr) = platform.end();
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("; trading has ended (again): `resume` lets it go on"), "{stdout}");
}

/// Something that answers as a platform of that process does, and counts how often its trading was ended.
async fn pretender(process: Value, troubles: &'static [&'static str]) -> (String, Arc<AtomicUsize>) {
    let ended = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ended);
    let session = serde_json::json!({ "token": "secret", "process": process }).to_string();
    let answer = serde_json::json!({ "used": { "killed": "by hand", "troubles": troubles } }).to_string();
    let kill = axum::routing::post(async move || {
        count.fetch_add(1, Ordering::Relaxed);
        answer
    });
    let router = axum::Router::new().route("/api/v1/session", axum::routing::get(async || session));
    let router = router.route("/api/v1/risk/kill", kill);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_platform_that_has_the_state_is_ended_where_nobody_said_which() {
    let folder = tempfile::tempdir().unwrap();
    let state = store::open(folder.path());
    let kill = |address: &str| {
        let mut command = common::binary(&["kill", "--reason", "by hand", "--store", folder.path().to_str().unwrap()]);
        common::said(&command.env("TRADING_HTTP__ADDRESS", address).output().unwrap())
    };
    let own = std::process::id();
    let ours = format!("expected process {own} since ");
    for (process, found) in [
        (Value::from(own + 1), format!("found process {}, which goes on", own + 1)),
        (Value::Null, "found a platform that does not tell its process".to_owned()),
    ] {
        let (address, ended) = pretender(process, &[]).await;
        let (code, _, stderr) = kill(&address);
        assert_eq!((code, ended.load(Ordering::Relaxed)), (1, 0), "{stderr}");
        for part in [ours.as_str(), &found, "say with `--address` where it answers"] {
            assert!(stderr.contains(part), "expected `{part}` in: {stderr}");
        }
    }
    let (address, ended) = pretender(own.into(), &[]).await;
    assert_eq!(kill(&address).0, 0);
    assert_eq!(ended.load(Ordering::Relaxed), 1);
    drop(state);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_of_trading_goes_through_no_proxy_and_fails_where_not_everything_could_be_done() {
    let kill = |address: &str| {
        let mut command = common::binary(&["kill", "--reason", "by hand", "--address", address]);
        command.env("HTTP_PROXY", "http://127.0.0.1:9").env("ALL_PROXY", "http://127.0.0.1:9");
        common::said(&command.output().unwrap())
    };
    let (whole, _) = pretender(1.into(), &[]).await;
    let (code, stdout, stderr) = kill(&whole);
    assert_eq!((code, stdout.as_str()), (0, "trading has ended: by hand\n"), "{stderr}");
    let (partly, ended) = pretender(1.into(), &["a:X: it is still open"]).await;
    let (code, stdout, stderr) = kill(&partly);
    assert_eq!((code, stdout.as_str(), ended.load(Ordering::Relaxed)), (1, "", 1), "{stderr}");
    assert!(
        stderr.contains("trading has ended: by hand; what could not be done:\n  a:X: it is still open"),
        "{stderr}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_an_end_of_trading_is_cut_and_cleaned_and_never_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(store::open(folder.path()));
    let admin = admin(folder.path());
    for (reason, kept) in [
        ("é".repeat(300).as_str(), "é".repeat(200).as_str()),
        (" too\nfast\u{1b}[31m\n", "too fast [31m"),
        (" \n", "the kill switch was pressed"),
    ] {
        assert!(admin.kill(reason).await.unwrap());
        let facts = store::open(folder.path()).facts().unwrap();
        let killed = facts.iter().rev().find_map(|fact| match fact {
            StateFact::Killed { reason } => Some(reason),
            _ => None,
        });
        assert_eq!(killed.map(String::as_str), Some(kept));
        assert!(admin.resume("the test").await.unwrap());
    }
}
