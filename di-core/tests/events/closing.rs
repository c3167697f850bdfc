//! The end of subscribers and of the bus.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::events::{Bus, Overflow, PublishError, Retry};

use crate::{Tick, record};

#[tokio::test]
async fn what_was_accepted_before_the_close_is_delivered_and_then_the_subscriber_ends() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("late", Overflow::Wait(8));
    topic.publish(Tick(1)).await.unwrap();
    topic.publish(Tick(2)).await.unwrap();
    bus.close();
    assert_eq!(topic.publish(Tick(3)).await, Err(PublishError::Closed));
    assert_eq!(subscriber.next().await, Some(Tick(1)));
    assert_eq!(subscriber.next().await, Some(Tick(2)));
    assert_eq!(subscriber.next().await, None);
    assert_eq!((topic.counters().published, topic.counters().delivered), (2, 2));
}

#[tokio::test]
async fn dropping_the_bus_wakes_who_waits_for_an_event() {
    let bus = Bus::new();
    let mut subscriber = bus.topic::<Tick>().subscribe("waiting", Overflow::Wait(8));
    let waiting = tokio::spawn(async move { subscriber.next().await });
    tokio::task::yield_now().await;
    drop(bus);
    assert_eq!(waiting.await.unwrap(), None);
}

#[tokio::test]
async fn closing_wakes_who_waits_for_room_and_counts_the_event() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let subscriber = topic.subscribe("full", Overflow::Wait(1));
    topic.publish(Tick(1)).await.unwrap();
    let publisher = topic.clone();
    let waiting = tokio::spawn(async move { publisher.publish(Tick(2)).await });
    tokio::task::yield_now().await;
    bus.close();
    assert_eq!(waiting.await.unwrap(), Ok(()), "the others have it");
    assert_eq!((subscriber.lagged(), subscriber.queued()), (1, 1));
}

#[test]
fn who_comes_after_the_close_ends_at_once() {
    let bus = Bus::new();
    bus.close();
    let topic = bus.topic::<Tick>();
    assert_eq!(topic.subscribe("late", Overflow::Wait(1)).blocking_next(), None);
    let (seen, _subscription) = record(&topic);
    assert_eq!(topic.publish(Tick(1)).now(), Err(PublishError::Closed));
    assert_eq!(topic.publisher().publish(Tick(1)).now(), Err(PublishError::Closed));
    assert!(seen.lock().unwrap().is_empty());
    assert_eq!(topic.counters().published, 0);
}

#[test]
fn a_publisher_notices_who_comes_and_goes() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut publisher = topic.publisher();
    publisher.publish(Tick(1)).now().unwrap();
    let (seen, subscription) = record(&topic);
    publisher.publish(Tick(2)).now().unwrap();
    drop(subscription);
    publisher.publish(Tick(3)).now().unwrap();
    bus.close();
    assert_eq!(publisher.publish(Tick(4)).now(), Err(PublishError::Closed));
    assert_eq!(*seen.lock().unwrap(), [2]);
}

#[test]
fn what_a_subscriber_leaves_behind_is_counted() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("leaving", Overflow::Wait(8));
    for n in 1..=3 {
        topic.publish(Tick(n)).now().unwrap();
    }
    subscriber.try_next();
    drop(subscriber);
    topic.publish(Tick(4)).now().unwrap();
    let counters = topic.counters();
    assert_eq!((counters.published, counters.delivered, counters.lagged), (4, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn an_event_in_the_hands_of_a_cancelled_handler_is_counted() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let handling =
        topic.subscribe("hangs", Overflow::Wait(8)).handle(async |_: Tick| -> Result<(), BoxError> { pending().await });
    topic.publish(Tick(1)).await.unwrap();
    topic.publish(Tick(2)).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(1), handling).await.is_err());
    assert_eq!(topic.counters().lagged, 2);
    assert!(bus.topics()[0].queues.is_empty());
}

#[test]
fn an_observer_is_dropped_with_its_subscription_even_if_it_owns_another_one() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let token = Arc::new(());
    let (held, inner) = (Arc::clone(&token), topic.observe("inner", |_| {}));
    drop(topic.observe("outer", move |_| {
        let _ = (&held, &inner);
    }));
    assert_eq!(Arc::strong_count(&token), 1);
    assert!(bus.topics()[0].observers.is_empty());
}

#[test]
fn an_observer_may_publish_and_leave_while_it_is_called() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let (seen, subscription) = record(&topic);
    let (again, own) = (topic.clone(), Mutex::new(Some(subscription)));
    let _nested = topic.observe("nested", move |tick| {
        if tick.0 < 3 {
            again.publish(Tick(tick.0 + 1)).now().unwrap();
        } else {
            own.lock().unwrap().take();
        }
    });
    topic.publish(Tick(1)).now().unwrap();
    topic.publish(Tick(3)).now().unwrap();
    assert_eq!(*seen.lock().unwrap(), [1, 2, 3]);
    assert_eq!(topic.counters().published, 4);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_to_stop_handles_what_is_queued_and_goes_on_later_with_what_came_in_between() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("between", Overflow::Wait(8));
    let handled = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&handled);
    let slow = move |tick: Tick| {
        let log = Arc::clone(&log);
        async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            log.lock().unwrap().push(tick.0);
            Ok(())
        }
    };
    topic.publish(Tick(1)).await.unwrap();
    topic.publish(Tick(2)).await.unwrap();
    // The stop comes while the first event is handled.
    subscriber.handle_until(tokio::time::sleep(Duration::from_millis(500)), Retry::NEVER, &slow).await;
    assert_eq!(*handled.lock().unwrap(), [1, 2]);
    topic.publish(Tick(3)).await.unwrap();
    assert_eq!((subscriber.queued(), subscriber.lagged()), (1, 0));
    subscriber.handle_until(async {}, Retry::NEVER, &slow).await;
    assert_eq!(*handled.lock().unwrap(), [1, 2, 3]);
    assert_eq!((topic.counters().delivered, topic.counters().lagged), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_given_up_counts_its_event_as_lagged_and_leaves_the_others_queued() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("hanging", Overflow::Wait(8));
    topic.publish(Tick(1)).await.unwrap();
    topic.publish(Tick(2)).await.unwrap();
    let hangs = |_: Tick| pending::<Result<(), BoxError>>();
    let handling = subscriber.handle_until(async {}, Retry::NEVER, &hangs);
    assert!(tokio::time::timeout(Duration::from_secs(5), handling).await.is_err());
    let report = &topic.report().queues[0];
    assert_eq!((report.name.as_ref(), report.queued, report.lagged), ("hanging", 1, 1));
}
