//! Allocations on the paths that most messages take: none.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::alloc::System;
use std::io::Write;
use std::sync::Arc;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::data::{self, Markets};
use trading_services::engine::{EventLog, EventLoop, Speed};
use trading_services::model::CorrelationId;
use trading_services::venues::replay::RecordingReader;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const START: u64 = 1_717_200_000_000;

fn line(millis: u64, message: &str) -> String {
    format!("{} {message}\n", (START + millis) * 1_000_000)
}

fn file(lines: &[String]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(lines.concat().as_bytes()).unwrap();
    file
}

/// Reads the lines, lets the market take each event and writes it to the log; how often memory was asked for in the last
/// `counted` of them.
fn allocations(lines: &[String], counted: usize) -> usize {
    let file = file(lines);
    let mut reader = RecordingReader::open(file.path(), None).unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    let mut log = EventLog::create(None, &[]).unwrap();
    let mut step = || {
        let event = reader.next_event().unwrap().unwrap();
        let ingested = markets.ingest(&event).unwrap();
        log.event(&event, &ingested, CorrelationId::default());
    };
    (0..lines.len() - counted).for_each(|_| step());
    let region = Region::new(ALLOCATOR);
    (0..counted).for_each(|_| step());
    let change = region.change();
    change.allocations + change.reallocations
}

/// Replays the lines with everything that the platform has: monitor, bus, signals, orders, log; how often memory was asked
/// for until it had stopped.
fn of_platform(lines: &[String]) -> usize {
    let file = file(lines);
    let mut settings = trading_services::config::Settings::default();
    settings.exchange.order = vec!["replay".to_owned()];
    settings.replay.file = Some(file.path().to_owned());
    settings.run.speed = Speed::Max;
    settings.http.enabled = false;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
        let application = Application::of(&app);
        let region = Region::new(ALLOCATOR);
        application.start().await.unwrap();
        application.finished().await.unwrap();
        let change = region.change();
        assert_eq!(app.get::<EventLoop>().summary().unwrap().events, lines.len() as u64);
        change.allocations + change.reallocations
    })
}

/// What 20,000 more messages ask for in a run of the platform: blocks of lines, a look around once a second, but nothing
/// for each of them.
fn of_more(message: impl Fn(u64) -> String) -> usize {
    let lines = |count: u64| {
        let mut lines = beginning();
        lines.extend((0..count).map(|i| line(10 + i, &message(i))));
        lines
    };
    of_platform(&lines(22_000)).saturating_sub(of_platform(&lines(2_000)))
}

/// A book, and messages before those that are counted, so that what is kept from message to message is there.
fn beginning() -> Vec<String> {
    let level = |price: u32| format!(r#"["{price}","1"]"#);
    let side = |prices: std::ops::Range<u32>| prices.map(level).collect::<Vec<_>>().join(",");
    let snapshot = format!(r#"{{"lastUpdateId":1000,"bids":[{}],"asks":[{}]}}"#, side(50..100), side(101..150));
    vec![line(0, &ticker(900)), line(1, &snapshot)]
}

fn ticker(update: u64) -> String {
    format!(
        r#"{{"stream":"xyzusdt@bookTicker","data":{{"u":{update},"s":"XYZUSDT","b":"99","B":"1","a":"101","A":"1"}}}}"#
    )
}

fn diff(update: u64) -> String {
    let (time, quantity) = (START + update, update % 9 + 1);
    let bids = format!(r#"["98","{quantity}"],["75.0","{quantity}.5"],["50","{quantity}"]"#);
    let asks = format!(r#"["101.00","{quantity}"],["149","{quantity}"]"#);
    format!(
        r#"{{"stream":"xyzusdt@depth@100ms","data":{{"e":"depthUpdate","E":{time},"s":"XYZUSDT","U":{update},"u":{update},"b":[{bids}],"a":[{asks}]}}}}"#
    )
}

// One test: the allocator counts for the whole process.
#[test]
fn best_prices_that_change_nothing_and_changes_of_levels_that_exist_allocate_nothing() {
    let mut lines = beginning();
    lines.extend((0..200).map(|i| line(10 + i, &ticker(1_000))));
    assert_eq!(allocations(&lines, 100), 0, "best prices");

    let mut lines = beginning();
    lines.extend((0..200).map(|i| line(10 + i, &diff(1_001 + i))));
    assert_eq!(allocations(&lines, 100), 0, "changes");

    // The platform reads ahead in another thread and looks at the clock: not to the last one, but far from one per message.
    let (of_best, of_changes) = (of_more(|_| ticker(1_000)), of_more(|i| diff(1_001 + i)));
    assert!(of_best < 4_000, "best prices: {of_best} for 20,000 messages");
    assert!(of_changes < 4_000, "changes: {of_changes} for 20,000 messages");
}
