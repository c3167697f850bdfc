//! Queues that are full.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use di_core::events::{Bus, Overflow, PublishError, Subscriber};

use crate::Tick;

/// Publishes 1 to 5 without waiting, and says what the subscriber then finds, and how much it missed.
fn check(overflow: Overflow, found: &[u64], lagged: u64) {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("slow", overflow);
    for n in 1..=5 {
        let _ = topic.publish(Tick(n)).now();
    }
    assert_eq!(drain(&mut subscriber), found, "{overflow:?}");
    assert_eq!(subscriber.lagged(), lagged, "{overflow:?}");
    let counters = topic.counters();
    let expected = (5, found.len() as u64, 0, lagged);
    assert_eq!((counters.published, counters.delivered, counters.failed, counters.lagged), expected, "{overflow:?}");
}

fn drain(subscriber: &mut Subscriber<Tick>) -> Vec<u64> {
    std::iter::from_fn(|| subscriber.try_next()).map(|tick| tick.0).collect()
}

#[test]
fn drop_the_oldest_keeps_the_last_ones_in_their_order() {
    check(Overflow::DropOldest(3), &[3, 4, 5], 2);
}

#[test]
fn keep_only_the_newest_keeps_one() {
    check(Overflow::KeepNewest, &[5], 4);
}

#[test]
fn a_publisher_that_does_not_wait_leaves_out_who_wants_it_to_and_counts_that() {
    check(Overflow::Wait(3), &[1, 2, 3], 2);
}

#[test]
fn a_capacity_of_zero_is_one() {
    check(Overflow::DropOldest(0), &[5], 4);
    check(Overflow::Wait(0), &[1], 4);
}

#[test]
fn a_publisher_that_does_not_wait_is_told_how_many_miss_the_event() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let _slow = [topic.subscribe("a", Overflow::Wait(1)), topic.subscribe("b", Overflow::Wait(1))];
    let _quick = topic.subscribe("c", Overflow::Wait(2));
    assert_eq!(topic.publish(Tick(1)).now(), Ok(()));
    assert_eq!(topic.publish(Tick(2)).now(), Err(PublishError::Slow { subscribers: 2 }));
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_waits_goes_at_the_pace_of_the_slowest_and_nothing_is_lost() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("slow", Overflow::Wait(1));
    let reading = tokio::spawn(async move {
        let mut seen = Vec::new();
        while let Some(tick) = subscriber.next().await {
            seen.push(tick.0);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        seen
    });
    let start = tokio::time::Instant::now();
    for n in 1..=5 {
        topic.publish(Tick(n)).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::from_secs(3), "one is being handled and one is queued");
    bus.close();
    assert_eq!(reading.await.unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(topic.counters().lagged, 0);
}

#[test]
fn who_has_room_does_not_wait_for_who_has_none() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut slow = topic.subscribe("slow", Overflow::Wait(1));
    let mut quick = topic.subscribe("quick", Overflow::Wait(8));
    topic.publish(Tick(1)).now().unwrap();
    let mut waiting = pin!(topic.publish(Tick(2)));
    let mut context = Context::from_waker(Waker::noop());
    assert!(waiting.as_mut().poll(&mut context).is_pending());
    assert_eq!(drain(&mut quick), [1, 2]);
    assert_eq!(slow.try_next(), Some(Tick(1)));
    assert_eq!(waiting.as_mut().poll(&mut context), Poll::Ready(Ok(())));
    assert_eq!(slow.try_next(), Some(Tick(2)));
}

#[test]
fn a_publication_given_up_while_it_waits_is_counted() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("slow", Overflow::Wait(1));
    topic.publish(Tick(1)).now().unwrap();
    {
        let mut waiting = pin!(topic.publish(Tick(2)));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!((drain(&mut subscriber), subscriber.lagged()), (vec![1], 1));
}

#[test]
fn a_thread_may_wait_too() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let mut subscriber = topic.subscribe("slow", Overflow::Wait(1));
    let publishing = std::thread::spawn(move || (1..=1_000).try_for_each(|n| topic.publish(Tick(n)).blocking()));
    let seen: Vec<u64> = (1..=1_000).filter_map(|_| subscriber.blocking_next()).map(|tick| tick.0).collect();
    publishing.join().unwrap().unwrap();
    assert_eq!(seen, (1..=1_000).collect::<Vec<_>>());
}
