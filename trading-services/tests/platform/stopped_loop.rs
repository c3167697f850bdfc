//! The event loop, stopped by itself and started again: the run goes on, or says why it cannot.

use di_core::prelude::*;
use serde_json::json;
use trading_services::engine::{EventLoop, StopReason};

use crate::api::Asked;
use crate::common;

#[tokio::test]
async fn a_run_goes_on_where_its_loop_was_stopped() {
    let mut settings = common::settings();
    settings.run.events = Some(3_000);
    let asked = Asked::with(settings).await;
    asked.until("/fills?limit=1", |fills| fills["total"].as_u64() > Some(0)).await;
    assert_eq!(asked.act("POST", "/services/EventLoop/stop", &json!({}), None).await.0, 200);
    let first = asked.app.get::<EventLoop>().summary().unwrap();
    assert_eq!(first.stopped, StopReason::Requested);
    assert!((1..3_000).contains(&first.events), "{}", first.events);
    assert_eq!(asked.act("POST", "/services/EventLoop/start", &json!({}), None).await.0, 200);
    asked.finished().await;
    let whole = asked.app.get::<EventLoop>().summary().unwrap();
    // The limit is that of the run, and not that of each part.
    assert_eq!((whole.stopped, whole.events), (StopReason::EventLimit, 3_000));
}

#[tokio::test]
async fn a_log_that_has_ended_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.log");
    let mut settings = common::settings();
    settings.run.log = Some(log.clone());
    let asked = Asked::with(settings).await;
    asked.until("/fills?limit=1", |fills| fills["total"].as_u64() > Some(0)).await;
    assert_eq!(asked.act("POST", "/services/EventLoop/stop", &json!({}), None).await.0, 200);
    let written = std::fs::read(&log).unwrap();
    let (code, problem) = asked.act("POST", "/services/EventLoop/start", &json!({}), None).await;
    assert_eq!(code, 409, "{problem}");
    let why = problem["detail"].as_str().unwrap();
    assert!(why.contains("`run.log`") && why.contains("start the platform anew"), "{why}");
    asked.end().await;
    assert!(!written.is_empty() && std::fs::read(&log).unwrap() == written);
}
