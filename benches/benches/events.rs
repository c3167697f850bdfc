//! The cost of publishing an event, beside other channels and a list of functions by hand.
//!
//! Only the ratios of one run say something: machines and neighbours differ. Channels without broadcast are sent to
//! once per subscriber, as their users would.

use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use di_core::events::{Bus, Event, Overflow, Subscription, Topic};
use tokio::runtime::Runtime;

/// The number of subscribers.
const FAN_OUTS: [usize; 2] = [1, 8];
/// What fits into a queue.
const CAPACITY: usize = 1_024;
/// Sent per measurement between tasks. A multiple of the clock's resolution and of the start of the tasks.
const EVENTS: u64 = 100_000;

#[derive(Debug, Clone, Copy)]
struct Tick(u64);

impl Event for Tick {
    const TOPIC: &'static str = "tick";
    const HISTORY: usize = 0;
}

#[derive(Debug, Clone, Copy)]
struct Remembered(u64);

impl Event for Remembered {
    const TOPIC: &'static str = "remembered";
}

type Function = Box<dyn Fn(&Tick) + Send + Sync>;
type Group<'a> = BenchmarkGroup<'a, criterion::measurement::WallTime>;

/// Uses a value, so that it is computed.
fn sink<T>(value: T) {
    let _ = black_box(value);
}

fn observers<E: Event>(topic: &Topic<E>, count: usize, read: fn(&E) -> u64) -> Vec<Subscription> {
    (0..count).map(|_| topic.observe("sink", move |event| sink(read(event)))).collect()
}

/// Subscribers are called in the publisher's thread.
fn same_thread(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events_same_thread");
    for count in FAN_OUTS {
        let bus = Bus::new();
        let topic = bus.topic::<Tick>();
        let _observers = observers(&topic, count, |tick| tick.0);
        group.bench_function(BenchmarkId::new("topic", count), |bencher| {
            bencher.iter(|| topic.publish(black_box(Tick(1))).now());
        });
        let mut publisher = topic.publisher();
        group.bench_function(BenchmarkId::new("publisher", count), |bencher| {
            bencher.iter(|| publisher.publish(black_box(Tick(1))).now());
        });
        let topic = bus.topic::<Remembered>();
        let _observers = observers(&topic, count, |event| event.0);
        group.bench_function(BenchmarkId::new("topic_with_history", count), |bencher| {
            bencher.iter(|| topic.publish(black_box(Remembered(1))).now());
        });
        let by_hand: RwLock<Vec<Function>> = RwLock::default();
        if let Ok(mut list) = by_hand.write() {
            list.extend((0..count).map(|_| Box::new(|tick: &Tick| sink(tick.0)) as Function));
        }
        group.bench_function(BenchmarkId::new("rwlock_by_hand", count), |bencher| {
            bencher.iter(|| {
                let tick = black_box(Tick(1));
                by_hand.read().into_iter().for_each(|list| list.iter().for_each(|call| call(&tick)));
            });
        });
    }
    group.finish();
}

/// One task publishes an event, and then all subscribers take it.
fn same_task(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("events_same_task");
    for count in FAN_OUTS {
        let bus = Bus::new();
        let topic = bus.topic::<Tick>();
        for (name, slow) in [
            ("wait", Overflow::Wait(CAPACITY)),
            ("drop_oldest", Overflow::DropOldest(CAPACITY)),
            ("newest", Overflow::KeepNewest),
        ] {
            let mut subscribers: Vec<_> = (0..count).map(|_| topic.subscribe("sink", slow)).collect();
            round(&mut group, name, count, |tick| {
                let _ = topic.publish(tick).now();
                subscribers.iter_mut().for_each(|subscriber| sink(subscriber.try_next()));
            });
        }
        let (sender, _) = tokio::sync::broadcast::channel(CAPACITY);
        let mut receivers: Vec<_> = (0..count).map(|_| sender.subscribe()).collect();
        round(&mut group, "tokio_broadcast", count, |tick| {
            let _ = sender.send(tick);
            receivers.iter_mut().for_each(|receiver| sink(receiver.try_recv()));
        });
        let (sender, receiver) = async_broadcast::broadcast(CAPACITY);
        let mut receivers: Vec<_> = (0..count).map(|_| receiver.new_receiver()).collect();
        drop(receiver);
        round(&mut group, "async_broadcast", count, |tick| {
            let _ = sender.try_broadcast(tick);
            receivers.iter_mut().for_each(|receiver| sink(receiver.try_recv()));
        });
        let channels: Vec<_> = (0..count).map(|_| flume::bounded(CAPACITY)).collect();
        round(&mut group, "flume", count, |tick| {
            channels.iter().for_each(|(sender, _)| sink(sender.try_send(tick)));
            channels.iter().for_each(|(_, receiver)| sink(receiver.try_recv()));
        });
        let channels: Vec<_> = (0..count).map(|_| crossbeam_channel::bounded(CAPACITY)).collect();
        round(&mut group, "crossbeam", count, |tick| {
            channels.iter().for_each(|(sender, _)| sink(sender.try_send(tick)));
            channels.iter().for_each(|(_, receiver)| sink(receiver.try_recv()));
        });
        let channels: Vec<_> = (0..count).map(|_| kanal::bounded(CAPACITY)).collect();
        round(&mut group, "kanal", count, |tick| {
            channels.iter().for_each(|(sender, _)| sink(sender.try_send(tick)));
            channels.iter().for_each(|(_, receiver)| sink(receiver.try_recv()));
        });
    }
    group.finish();
}

fn round(group: &mut Group<'_>, name: &str, count: usize, mut publish_and_take: impl FnMut(Tick)) {
    group.bench_function(BenchmarkId::new(name, count), |bencher| {
        bencher.iter(|| publish_and_take(black_box(Tick(1))));
    });
}

/// One task publishes, and each subscriber is another task; on two threads.
fn across_tasks(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let Ok(runtime) = runtime else { return };
    let mut group = criterion.benchmark_group("events_across_tasks");
    group.throughput(Throughput::Elements(EVENTS)).sample_size(20).measurement_time(Duration::from_secs(4));
    for count in FAN_OUTS {
        stream(&mut group, &runtime, "wait", count, || {
            let bus = Arc::new(Bus::new());
            let topic = bus.topic::<Tick>();
            let subscribers = (0..count).map(|_| topic.subscribe("sink", Overflow::Wait(CAPACITY)));
            let sinks = subscribers.map(|mut one| async move { while one.next().await.is_some() {} }).collect();
            let source = async move {
                for n in 0..EVENTS {
                    let _ = topic.publish(Tick(n)).await;
                }
                bus.close();
            };
            (source, sinks)
        });
        // Large enough that it never drops anything, because it cannot make a publisher wait.
        stream(&mut group, &runtime, "tokio_broadcast", count, || {
            let (sender, _) = tokio::sync::broadcast::channel(EVENTS as usize);
            let receivers: Vec<_> = (0..count).map(|_| sender.subscribe()).collect();
            let sinks = receivers.into_iter().map(|mut one| async move { while one.recv().await.is_ok() {} }).collect();
            let source = async move { (0..EVENTS).for_each(|n| sink(sender.send(Tick(n)))) };
            (source, sinks)
        });
        stream(&mut group, &runtime, "async_broadcast", count, || {
            let (sender, receiver) = async_broadcast::broadcast(CAPACITY);
            let receivers: Vec<_> = (0..count).map(|_| receiver.new_receiver()).collect();
            drop(receiver);
            let sinks = receivers.into_iter().map(|mut one| async move { while one.recv().await.is_ok() {} }).collect();
            let source = async move {
                for n in 0..EVENTS {
                    let _ = sender.broadcast(Tick(n)).await;
                }
            };
            (source, sinks)
        });
        stream(&mut group, &runtime, "tokio_mpsc", count, || {
            let (senders, receivers): (Vec<_>, Vec<_>) =
                (0..count).map(|_| tokio::sync::mpsc::channel(CAPACITY)).unzip();
            let sinks =
                receivers.into_iter().map(|mut one| async move { while one.recv().await.is_some() {} }).collect();
            let source = async move {
                for n in 0..EVENTS {
                    for sender in &senders {
                        let _ = sender.send(Tick(n)).await;
                    }
                }
            };
            (source, sinks)
        });
        stream(&mut group, &runtime, "flume", count, || {
            let (senders, receivers): (Vec<_>, Vec<_>) = (0..count).map(|_| flume::bounded(CAPACITY)).unzip();
            let sinks =
                receivers.into_iter().map(|one| async move { while one.recv_async().await.is_ok() {} }).collect();
            let source = async move {
                for n in 0..EVENTS {
                    for sender in &senders {
                        let _ = sender.send_async(Tick(n)).await;
                    }
                }
            };
            (source, sinks)
        });
        stream(&mut group, &runtime, "kanal", count, || {
            let (senders, receivers): (Vec<_>, Vec<_>) = (0..count).map(|_| kanal::bounded_async(CAPACITY)).unzip();
            let sinks = receivers.into_iter().map(|one| async move { while one.recv().await.is_ok() {} }).collect();
            let source = async move {
                for n in 0..EVENTS {
                    for sender in &senders {
                        let _ = sender.send(Tick(n)).await;
                    }
                }
            };
            (source, sinks)
        });
    }
    group.finish();
}

/// From the first event to the end of the last subscriber.
fn stream<Source, Sink>(
    group: &mut Group<'_>,
    runtime: &Runtime,
    name: &str,
    count: usize,
    open: impl Fn() -> (Source, Vec<Sink>),
) where
    Source: Future<Output = ()> + Send + 'static,
    Sink: Future<Output = ()> + Send + 'static,
{
    let once = || {
        let (source, sinks) = open();
        runtime.block_on(async {
            let start = Instant::now();
            let sinks: Vec<_> = sinks.into_iter().map(tokio::spawn).collect();
            let _ = tokio::spawn(source).await;
            for sink in sinks {
                let _ = sink.await;
            }
            start.elapsed()
        })
    };
    group.bench_function(BenchmarkId::new(name, count), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| once()).sum());
    });
}

criterion_group!(benches, same_thread, same_task, across_tasks);
criterion_main!(benches);
