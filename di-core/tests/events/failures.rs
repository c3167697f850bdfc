//! Events that a handler does not take, and the other handlers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::events::{Bus, DeadLetter, Handler, Overflow, Retry};
use tokio::time::Instant;

use crate::{Tick, record};

/// Fails so often for each event, and notes when it was asked.
#[derive(Default)]
struct Fails {
    times: u32,
    panics: bool,
    asked: Mutex<Vec<(u64, Instant)>>,
    failed: AtomicU32,
}

impl Handler<Tick> for Fails {
    async fn handle(&self, tick: &Tick) -> Result<(), BoxError> {
        self.asked.lock().unwrap().push((tick.0, Instant::now()));
        if self.failed.fetch_add(1, Ordering::Relaxed) < self.times {
            assert!(!self.panics, "no {}", tick.0);
            return Err(format!("no {}", tick.0).into());
        }
        self.failed.store(0, Ordering::Relaxed);
        Ok(())
    }
}

/// Delivers one event, and says after how many milliseconds the handler was asked, and what became a dead letter.
async fn check(times: u32, panics: bool, retry: Retry, asked: &[u128], dead: Option<(u32, &str)>) {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let handler = Arc::new(Fails { times, panics, ..Fails::default() });
    let handling = topic.subscribe("fails", Overflow::Wait(8)).handle_with(retry, Arc::clone(&handler));
    let start = Instant::now();
    topic.publish(Tick(7)).await.unwrap();
    bus.close();
    handling.await;
    let at: Vec<u128> = handler.asked.lock().unwrap().iter().map(|(_, at)| (*at - start).as_millis()).collect();
    assert_eq!(at, asked);
    let letters = dead.map(|(attempts, error)| DeadLetter {
        event: Tick(7),
        subscriber: "fails".into(),
        attempts,
        error: error.into(),
    });
    let counters = topic.counters();
    assert_eq!((counters.delivered, counters.failed), if dead.is_some() { (0, 1) } else { (1, 0) });
    assert_eq!(topic.dead_letters(), Vec::from_iter(letters));
    assert_eq!(bus.dead_letters().len(), topic.take_dead_letters().len());
    assert!(bus.dead_letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_asked_again_after_100_200_and_400_milliseconds() {
    check(0, false, Retry::default(), &[0], None).await;
    check(1, false, Retry::default(), &[0, 100], None).await;
    check(3, false, Retry::default(), &[0, 100, 300, 700], None).await;
}

#[tokio::test(start_paused = true)]
async fn after_three_retries_the_event_is_a_dead_letter() {
    check(9, false, Retry::default(), &[0, 100, 300, 700], Some((4, "no 7"))).await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_and_is_retried() {
    check(1, true, Retry::default(), &[0, 100], None).await;
    check(9, true, Retry::default(), &[0, 100, 300, 700], Some((4, "it panicked: no 7"))).await;
}

#[tokio::test(start_paused = true)]
async fn how_often_it_is_retried_can_be_chosen() {
    check(9, false, Retry::NEVER, &[0], Some((1, "no 7"))).await;
    let twice = Retry { times: 2, first: Duration::from_millis(10) };
    check(9, false, twice, &[0, 10, 30], Some((3, "no 7"))).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_sees_events_in_their_order_whatever_it_fails_at() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let handler = Arc::new(Fails { times: 1, ..Fails::default() });
    let handling = topic.subscribe("fails", Overflow::Wait(8)).handle(Arc::clone(&handler));
    for n in 1..=3 {
        topic.publish(Tick(n)).await.unwrap();
    }
    bus.close();
    handling.await;
    let order: Vec<u64> = handler.asked.lock().unwrap().iter().map(|(n, _)| *n).collect();
    assert_eq!(order, [1, 1, 2, 2, 3, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_handler_delays_no_other() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let failing = Arc::new(Fails { times: u32::MAX, panics: true, ..Fails::default() });
    let healthy = Arc::new(Fails::default());
    let tasks = [
        tokio::spawn(topic.subscribe("failing", Overflow::Wait(8)).handle(failing)),
        tokio::spawn(topic.subscribe("healthy", Overflow::Wait(8)).handle(Arc::clone(&healthy))),
    ];
    let start = Instant::now();
    for n in 1..=3 {
        topic.publish(Tick(n)).await.unwrap();
    }
    bus.close();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(healthy.asked.lock().unwrap().iter().all(|(_, at)| *at == start));
    assert_eq!((topic.counters().delivered, topic.counters().failed), (3, 3));
}

#[test]
fn a_panicking_observer_is_noticed_by_nobody_but_the_dead_letters() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let (before, _one) = record(&topic);
    let _broken = topic.observe("broken", |tick| assert!(tick.0 != 2, "two"));
    let (after, _two) = record(&topic);
    for n in 1..=3 {
        topic.publish(Tick(n)).now().unwrap();
    }
    assert_eq!((before.lock().unwrap().len(), after.lock().unwrap().len()), (3, 3));
    let letter =
        DeadLetter { event: Tick(2), subscriber: "broken".into(), attempts: 1, error: "it panicked: two".into() };
    assert_eq!(topic.dead_letters(), [letter]);
    assert_eq!((topic.counters().delivered, topic.counters().failed), (8, 1));
}

#[test]
fn only_the_last_10_000_dead_letters_are_kept_and_all_are_counted() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    // A panic without a message on the console, of which there would be 10,001.
    let _broken = topic.observe("broken", |tick| std::panic::resume_unwind(Box::new(tick.0.to_string())));
    for n in 0..=10_000 {
        topic.publish(Tick(n)).now().unwrap();
    }
    let letters = topic.dead_letters();
    assert_eq!((letters.len(), letters[0].event, topic.counters().failed), (10_000, Tick(1), 10_001));
}
