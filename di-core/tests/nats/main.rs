//! The bridge to NATS JetStream, with a server of its own that is killed on the way.
#![expect(clippy::unwrap_used, reason = "a test may unwrap, and so may what several tests share")]

mod server;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use di_core::error::BoxError;
use di_core::events::bridge::{Envelope, IEventBridge, Link, LinkEnded, Nats, NatsError, NatsOptions, Wire};
use di_core::events::{Bus, Event, Overflow, Retry, Subscriber};
use server::{Server, free_port};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// An event that says who sent it, and which one it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tick(u8, u32);

impl Event for Tick {
    const TOPIC: &'static str = "test.tick";
}

impl Wire for Tick {
    fn encode(&self) -> Result<Vec<u8>, BoxError> {
        Ok([&[self.0], self.1.to_be_bytes().as_slice()].concat())
    }

    fn decode(bytes: &[u8]) -> Result<Self, BoxError> {
        let (from, number) = bytes.split_first().ok_or("no bytes")?;
        Ok(Self(*from, u32::from_be_bytes(number.try_into()?)))
    }
}

/// Long enough for a busy machine; a test that reaches it has failed.
const NEVER: Duration = Duration::from_secs(60);

/// Time-outs that a test can wait for.
fn options(server: &Server, name: &str) -> NatsOptions {
    let (timeout, ack_wait) = (Duration::from_secs(2), Duration::from_secs(1));
    NatsOptions { timeout, ack_wait, ..NatsOptions::new(server.address(), name) }
}

/// A bus with a connection and a link of its own.
struct Process {
    bus: Bus,
    seen: Subscriber<Tick>,
    link: JoinHandle<Result<(), LinkEnded>>,
}

impl Process {
    async fn start(server: &Server, name: &str) -> Self {
        let bus = Bus::new();
        let topic = bus.topic::<Tick>();
        let seen = topic.subscribe("seen", Overflow::Wait(4_096));
        let nats = Arc::new(Nats::connect(options(server, name)).await.unwrap());
        let retry = Retry { times: 20, ..Retry::default() };
        let link = Link::open(&topic, nats, Overflow::Wait(4_096)).await.unwrap().retry(retry);
        Self { bus, seen, link: tokio::spawn(link.run()) }
    }

    async fn publish(&self, from: u8, numbers: std::ops::RangeInclusive<u32>) {
        for number in numbers {
            self.bus.topic().publish(Tick(from, number)).await.unwrap();
        }
    }

    async fn next(&mut self) -> Tick {
        timeout(NEVER, self.seen.next()).await.expect("an event is missing").expect("the bus is open")
    }

    /// The numbers of the next events, by who sent them: those of 1, and those of 2.
    async fn sees(&mut self, count: usize) -> [Vec<u32>; 2] {
        let mut numbers = [vec![], vec![]];
        for _ in 0..count {
            let Tick(from, number) = self.next().await;
            numbers[usize::from(from) - 1].push(number);
        }
        numbers
    }

    /// Fails if anything else arrives before what is sent now.
    async fn sees_nothing_else(&mut self, sender: &Self) {
        sender.publish(1, 0..=0).await;
        assert_eq!(self.next().await, Tick(1, 0));
    }

    async fn end(self) {
        self.bus.close();
        timeout(NEVER, self.link).await.unwrap().unwrap().unwrap();
    }
}

fn up_to(last: u32) -> Vec<u32> {
    (1..=last).collect()
}

#[tokio::test]
async fn over_a_killed_server_nothing_is_lost_and_nothing_doubled_and_each_origin_keeps_its_order() {
    let mut server = Server::start();
    let (mut one, mut two) = (Process::start(&server, "one").await, Process::start(&server, "two").await);
    one.publish(1, 1..=300).await;
    two.publish(2, 1..=300).await;
    // Events are on their way in both directions.
    let mut early = two.sees(350).await;
    server.kill();
    one.publish(1, 301..=400).await;
    two.publish(2, 301..=400).await;
    sleep(Duration::from_millis(500)).await;
    server.restart();
    one.publish(1, 401..=600).await;
    two.publish(2, 401..=600).await;

    assert_eq!(one.sees(1_200).await, [up_to(600), up_to(600)]);
    let late = two.sees(850).await;
    early.iter_mut().zip(late).for_each(|(early, late)| early.extend(late));
    assert_eq!(early, [up_to(600), up_to(600)]);
    two.sees_nothing_else(&one).await;
    assert_eq!((one.bus.counters().failed, two.bus.counters().failed), (0, 0));
    one.end().await;
    two.end().await;
}

#[tokio::test]
async fn a_process_continues_after_a_pause_where_it_had_stopped() {
    let server = Server::start();
    let (one, mut two) = (Process::start(&server, "one").await, Process::start(&server, "two").await);
    one.publish(1, 1..=10).await;
    assert_eq!(two.sees(10).await[0], up_to(10));
    // What is seen may not be accepted yet: it has been once the next one is seen.
    two.sees_nothing_else(&one).await;
    sleep(Duration::from_millis(200)).await;
    two.end().await;
    one.publish(1, 11..=20).await;
    let mut two = Process::start(&server, "two").await;
    assert_eq!(two.sees(10).await[0], (11..=20).collect::<Vec<_>>());
    two.sees_nothing_else(&one).await;
}

#[tokio::test]
async fn what_nobody_can_read_is_refused_once_and_the_rest_arrives() {
    let server = Server::start();
    let mut reader = Process::start(&server, "reader").await;
    let stranger = async_nats::connect(server.address()).await.unwrap();
    stranger.publish("events.test.tick", "without an id".into()).await.unwrap();
    stranger.flush().await.unwrap();
    let sender = Nats::connect(options(&server, "sender")).await.unwrap();
    for (sequence, payload) in [(1, vec![7]), (2, Tick(1, 2).encode().unwrap())] {
        sender.send(&Envelope { subject: Tick::TOPIC.into(), origin: 1, sequence, payload }).await.unwrap();
    }
    assert_eq!(reader.next().await, Tick(1, 2));
    // Longer than the server waits before it delivers again.
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!((reader.seen.try_next(), reader.bus.counters().failed), (None, 1));
}

#[tokio::test]
async fn what_is_sent_twice_is_stored_once() {
    let server = Server::start();
    let nats = Nats::connect(options(&server, "one")).await.unwrap();
    let mut inbox = nats.open("a").await.unwrap();
    for sequence in [1, 1, 2, 1, 2] {
        let envelope = Envelope { subject: "a".into(), origin: 7, sequence, payload: vec![] };
        nats.send(&envelope).await.unwrap();
    }
    for sequence in [1, 2] {
        assert_eq!(timeout(NEVER, inbox.next()).await.unwrap().unwrap().sequence, sequence);
        inbox.accept().await.unwrap();
    }
    assert!(timeout(Duration::from_millis(500), inbox.next()).await.is_err());
}

#[tokio::test]
async fn what_is_not_accepted_comes_again_before_anything_else() {
    let server = Server::start();
    let nats = Nats::connect(options(&server, "one")).await.unwrap();
    let mut inbox = nats.open("a").await.unwrap();
    for sequence in [1, 2] {
        nats.send(&Envelope { subject: "a".into(), origin: 7, sequence, payload: vec![] }).await.unwrap();
    }
    for _ in 0..2 {
        assert_eq!(timeout(NEVER, inbox.next()).await.unwrap().unwrap().sequence, 1);
    }
    inbox.accept().await.unwrap();
    assert_eq!(timeout(NEVER, inbox.next()).await.unwrap().unwrap().sequence, 2);
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_is_named_within_the_time_out() {
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    for port in [free_port(), deaf.local_addr().unwrap().port()] {
        let limit = Duration::from_millis(300);
        let options = NatsOptions { timeout: limit, ..NatsOptions::new(format!("nats://127.0.0.1:{port}"), "one") };
        let error = timeout(NEVER, Nats::connect(options)).await.expect("it has a time-out").unwrap_err();
        assert!(matches!(error, NatsError::Unreachable { .. }), "{error:?}");
        let expected = format!("expected a NATS server to answer at nats://127.0.0.1:{port} within 300ms: ");
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}

#[tokio::test]
async fn what_a_server_does_not_store_is_an_error_with_server_stream_and_subject() {
    let mut server = Server::start();
    let limit = Duration::from_millis(300);
    let options = NatsOptions { timeout: limit, ..options(&server, "one") };
    let nats = Nats::connect(options).await.unwrap();
    server.kill();
    let envelope = Envelope { subject: "a".into(), origin: 7, sequence: 1, payload: vec![] };
    let error = timeout(NEVER, nats.send(&envelope)).await.expect("it has a time-out").unwrap_err().to_string();
    let expected = format!("expected the stream `events` of {} to store `events.a` within 300ms: ", server.address());
    assert!(error.starts_with(&expected), "{error}");
}

#[tokio::test]
async fn two_readers_of_one_name_are_refused() {
    let server = Server::start();
    let nats = Nats::connect(options(&server, "one")).await.unwrap();
    let mut inbox = nats.open("a").await.unwrap();
    let taken = nats.open("a").await.map(|_| ()).unwrap_err();
    assert!(matches!(taken.downcast_ref(), Some(NatsError::Taken { .. })), "{taken}");
    nats.open("b").await.expect("another topic");

    let reading = tokio::spawn(async move { inbox.next().await });
    sleep(Duration::from_millis(300)).await;
    let other = Nats::connect(options(&server, "one")).await.unwrap();
    let taken = other.open("a").await.map(|_| ()).unwrap_err().to_string();
    let expected = format!("expected nobody else to read `events.a` of {} as `one=a`: each process,", server.address());
    assert!(taken.starts_with(&expected), "{taken}");

    reading.abort();
    let _ = reading.await;
    nats.open("a").await.expect("the first has left");
}

#[tokio::test]
async fn an_inbox_ends_when_somebody_deletes_its_consumer() {
    let server = Server::start();
    let nats = Nats::connect(options(&server, "one")).await.unwrap();
    let mut inbox = nats.open("a").await.unwrap();
    let reading = tokio::spawn(async move { inbox.next().await });
    sleep(Duration::from_millis(300)).await;
    let operator = async_nats::jetstream::new(async_nats::connect(server.address()).await.unwrap());
    operator.delete_consumer_from_stream("one=a", "events").await.unwrap();
    assert_eq!(timeout(NEVER, reading).await.unwrap().unwrap(), None);
}

#[tokio::test]
async fn a_stream_for_other_subjects_is_refused_with_both() {
    let server = Server::start();
    let operator = async_nats::jetstream::new(async_nats::connect(server.address()).await.unwrap());
    let other = async_nats::jetstream::stream::Config {
        name: "events".into(),
        subjects: vec!["other.>".into()],
        ..Default::default()
    };
    operator.create_stream(other).await.unwrap();
    let error = Nats::connect(options(&server, "one")).await.unwrap_err().to_string();
    let expected =
        format!("expected the stream `events` of {} to take `events.>`; it takes `other.>`", server.address());
    assert_eq!(error, expected);
}
