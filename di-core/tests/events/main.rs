//! The promises of the event bus.
#![expect(clippy::unwrap_used, reason = "a test may unwrap, and so may what several tests share")]

mod bridge;
mod closing;
mod failures;
mod history;
mod injection;
mod overflow;
mod stress;

use std::sync::{Arc, Mutex};

use di_core::events::{Event, Subscription, Topic};

/// An event that says which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tick(u64);

impl Event for Tick {
    const TOPIC: &'static str = "test.tick";
}

/// What an observer has seen.
fn record(topic: &Topic<Tick>) -> (Arc<Mutex<Vec<u64>>>, Subscription) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let subscription = topic.observe("record", move |tick| log.lock().unwrap().push(tick.0));
    (seen, subscription)
}
