//! The bus under load: nothing is lost, and nothing is delivered twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use di_core::events::{Bus, Event, Overflow, Topic};

use crate::Tick;

const PUBLISHERS: u64 = 4;
const EACH: u64 = 20_000;
const ALL: u64 = PUBLISHERS * EACH;

/// Enough to tell a lost event from one delivered twice, in any order.
#[derive(Default)]
struct Checksum {
    count: AtomicU64,
    sum: AtomicU64,
    squares: AtomicU64,
}

impl Checksum {
    fn add(&self, tick: &Tick) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(tick.0, Ordering::Relaxed);
        self.squares.fetch_add(tick.0 * tick.0, Ordering::Relaxed);
    }

    fn values(&self) -> (u64, u64, u64) {
        let read = |value: &AtomicU64| value.load(Ordering::Relaxed);
        (read(&self.count), read(&self.sum), read(&self.squares))
    }

    fn of_all() -> (u64, u64, u64) {
        let expected = Self::default();
        (0..ALL).for_each(|n| expected.add(&Tick(n)));
        expected.values()
    }
}

/// Each publisher has numbers of its own; each second one uses the cached handle.
fn publish_all(topic: &Topic<Tick>) {
    thread::scope(|scope| {
        for publisher in 0..PUBLISHERS {
            let mut cached = topic.publisher();
            scope.spawn(move || {
                for n in publisher * EACH..(publisher + 1) * EACH {
                    let publishing = if publisher % 2 == 0 { topic.publish(Tick(n)) } else { cached.publish(Tick(n)) };
                    publishing.blocking().unwrap();
                }
            });
        }
    });
}

#[test]
fn every_event_of_every_thread_reaches_every_subscriber_once() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let observed = Arc::new(Checksum::default());
    let observing = Arc::clone(&observed);
    topic.observe("observer", move |tick| observing.add(tick)).for_ever();
    let readers: Vec<_> = [1, 7, 64, 1_024]
        .map(|capacity| {
            let mut subscriber = topic.subscribe("reader", Overflow::Wait(capacity));
            thread::spawn(move || {
                let read = Checksum::default();
                let mut last = [0; PUBLISHERS as usize];
                while let Some(tick) = subscriber.blocking_next() {
                    read.add(&tick);
                    let last = &mut last[(tick.0 / EACH) as usize];
                    assert!(*last <= tick.0, "the events of one publisher are in their order");
                    *last = tick.0;
                }
                read.values()
            })
        })
        .into();
    publish_all(&topic);
    bus.close();
    assert_eq!(observed.values(), Checksum::of_all());
    for reader in readers {
        assert_eq!(reader.join().unwrap(), Checksum::of_all());
    }
    let counters = topic.counters();
    assert_eq!((counters.published, counters.delivered, counters.failed, counters.lagged), (ALL, 5 * ALL, 0, 0));
}

#[test]
fn every_event_is_delivered_or_counted_as_lagged() {
    for slow in [Overflow::DropOldest(1), Overflow::DropOldest(16), Overflow::KeepNewest] {
        let bus = Bus::new();
        let topic = bus.topic::<Tick>();
        let mut subscriber = topic.subscribe("slow", slow);
        let reader = thread::spawn(move || {
            let mut seen = vec![false; ALL as usize];
            let mut count = 0;
            while let Some(tick) = subscriber.blocking_next() {
                assert!(!std::mem::replace(&mut seen[tick.0 as usize], true), "{tick:?} came twice");
                count += 1;
            }
            (count, subscriber.lagged())
        });
        publish_all(&topic);
        bus.close();
        let (delivered, lagged) = reader.join().unwrap();
        assert_eq!(delivered + lagged, ALL, "{slow:?}");
        let counters = topic.counters();
        assert_eq!((counters.published, counters.delivered, counters.lagged), (ALL, delivered, lagged));
    }
}

#[test]
fn subscribers_that_want_different_things_when_they_are_slow_get_them_side_by_side() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let readers = [Overflow::Wait(16), Overflow::DropOldest(16), Overflow::KeepNewest, Overflow::Wait(1)].map(|slow| {
        let mut subscriber = topic.subscribe("reader", slow);
        thread::spawn(move || {
            let read = Checksum::default();
            while let Some(tick) = subscriber.blocking_next() {
                read.add(&tick);
            }
            (slow, read.values(), subscriber.lagged())
        })
    });
    publish_all(&topic);
    bus.close();
    let mut all = (0, 0);
    for reader in readers {
        let (slow, read, lagged) = reader.join().unwrap();
        assert_eq!(read.0 + lagged, ALL, "{slow:?}");
        if matches!(slow, Overflow::Wait(_)) {
            assert_eq!(read, Checksum::of_all(), "{slow:?}");
        }
        all = (all.0 + read.0, all.1 + lagged);
    }
    assert_eq!((topic.counters().delivered, topic.counters().lagged), all);
}

#[test]
fn who_comes_and_goes_meanwhile_disturbs_nobody() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let observed = Arc::new(Checksum::default());
    let observing = Arc::clone(&observed);
    topic.observe("stays", move |tick| observing.add(tick)).for_ever();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for guest in 0..2 {
            let (topic, done) = (&topic, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let policy = if guest == 0 { Overflow::Wait(2) } else { Overflow::DropOldest(2) };
                    let mut subscriber = topic.subscribe("guest", policy);
                    let subscription = topic.observe("guest", |_| {});
                    let first = subscriber.try_next();
                    let second = subscriber.try_next();
                    assert!(first.is_none() || first != second);
                    drop((subscriber, subscription));
                }
            });
        }
        publish_all(&topic);
        done.store(true, Ordering::Relaxed);
    });
    bus.close();
    assert_eq!(observed.values(), Checksum::of_all());
    assert_eq!(topic.counters().published, ALL);
    assert_eq!(bus.topics()[0].observers, Vec::<String>::new());
}

/// Its pointer says how many of these are still somewhere.
#[derive(Debug, Clone)]
#[expect(dead_code, reason = "it is held, not read")]
struct Counted(Arc<AtomicU64>);

impl Event for Counted {
    const TOPIC: &'static str = "test.counted";
    const HISTORY: usize = 0;
}

#[test]
fn closing_in_the_middle_leaves_each_accepted_event_delivered_or_counted() {
    for _ in 0..50 {
        let bus = Bus::new();
        let topic = bus.topic::<Counted>();
        let alive = Arc::new(AtomicU64::new(0));
        let mut subscriber = topic.subscribe("reader", Overflow::Wait(4));
        let reader = thread::spawn(move || std::iter::from_fn(|| subscriber.blocking_next()).count() as u64);
        let accepted: u64 = thread::scope(|scope| {
            let publish = || {
                let mut accepted = 0;
                while topic.publish(Counted(Arc::clone(&alive))).blocking().is_ok() {
                    accepted += 1;
                }
                accepted
            };
            let publishers = [scope.spawn(publish), scope.spawn(publish)];
            while topic.counters().published < 100 {
                thread::yield_now();
            }
            bus.close();
            publishers.into_iter().map(|publisher| publisher.join().unwrap()).sum()
        });
        let delivered = reader.join().unwrap();
        let counters = topic.counters();
        assert_eq!((counters.published, counters.delivered), (accepted, delivered));
        assert_eq!(counters.delivered + counters.lagged, accepted);
        assert_eq!(Arc::strong_count(&alive), 1, "no event is kept anywhere");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_publish_and_wait_lose_nothing_either() {
    let bus = Bus::new();
    let topic = bus.topic::<Tick>();
    let read = Arc::new(Checksum::default());
    let reading: Vec<_> = (0..2)
        .map(|_| {
            let read = Arc::clone(&read);
            tokio::spawn(topic.subscribe("reader", Overflow::Wait(3)).handle(move |tick: Tick| {
                read.add(&tick);
                async { Ok(()) }
            }))
        })
        .collect();
    let publishing: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| {
            let topic = topic.clone();
            tokio::spawn(async move {
                for n in publisher * EACH..(publisher + 1) * EACH {
                    topic.publish(Tick(n)).await.unwrap();
                }
            })
        })
        .collect();
    for task in publishing {
        task.await.unwrap();
    }
    bus.close();
    for task in reading {
        task.await.unwrap();
    }
    let (count, sum, squares) = Checksum::of_all();
    assert_eq!(read.values(), (2 * count, 2 * sum, 2 * squares));
}
