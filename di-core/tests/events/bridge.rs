//! Bridges: what they carry to other processes, and what they do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use di_core::error::BoxError;
use di_core::events::bridge::{Envelope, IEventBridge, Inbox, Link, LinkEnded, Loopback, Wire};
use di_core::events::{Bus, Overflow, Subscriber};
use di_core::interface;
use tokio::task::JoinHandle;

use crate::Tick;

impl Wire for Tick {
    fn encode(&self) -> Result<Vec<u8>, BoxError> {
        if self.0 == 0 { Err("nothing to send".into()) } else { Ok(self.0.to_be_bytes().to_vec()) }
    }

    fn decode(bytes: &[u8]) -> Result<Self, BoxError> {
        Ok(Self(u64::from_be_bytes(bytes.try_into()?)))
    }
}

/// A bus with a link, as another process would have it.
struct Process {
    bus: Bus,
    seen: Subscriber<Tick>,
    link: JoinHandle<Result<(), LinkEnded>>,
}

impl Process {
    async fn on(bridge: &Arc<impl IEventBridge>) -> Self {
        let bus = Bus::new();
        let topic = bus.topic::<Tick>();
        let seen = topic.subscribe("seen", Overflow::Wait(1_024));
        let link = Link::open(&topic, Arc::clone(bridge) as _, Overflow::Wait(64)).await.unwrap();
        Self { bus, seen, link: tokio::spawn(link.run()) }
    }

    async fn publish(&self, numbers: std::ops::RangeInclusive<u64>) {
        for n in numbers {
            self.bus.topic().publish(Tick(n)).await.unwrap();
        }
    }

    /// Lets everything settle on paused time, closes, and says what was seen.
    async fn end(mut self) -> Vec<u64> {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        self.bus.close();
        self.link.await.unwrap().unwrap();
        std::iter::from_fn(|| self.seen.try_next()).map(|tick| tick.0).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn each_process_sees_the_events_of_all_once() {
    let bridge = Arc::new(Loopback::new());
    let processes = [Process::on(&bridge).await, Process::on(&bridge).await, Process::on(&bridge).await];
    processes[0].publish(1..=100).await;
    processes[1].publish(101..=200).await;
    for process in processes {
        let mut seen = process.end().await;
        seen.sort_unstable();
        assert_eq!(seen, (1..=200).collect::<Vec<_>>());
    }
}

/// Loses each third attempt, delivers each envelope twice, and forgets what was accepted.
#[derive(Default)]
struct Unreliable {
    loopback: Loopback,
    attempts: AtomicU32,
}

#[interface]
impl IEventBridge for Unreliable {
    async fn send(&self, envelope: &Envelope) -> Result<(), BoxError> {
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed);
        if attempt.is_multiple_of(3) {
            return Err("the connection was lost before the send".into());
        }
        self.loopback.send(envelope).await?;
        if attempt % 3 == 1 {
            return Err("the connection was lost after the send".into());
        }
        self.loopback.send(envelope).await
    }

    async fn open(&self, subject: &str) -> Result<Box<dyn Inbox>, BoxError> {
        self.loopback.open(subject).await
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_lost_is_sent_again_and_what_comes_twice_is_published_once() {
    let bridge = Arc::new(Unreliable::default());
    let (here, there) = (Process::on(&bridge).await, Process::on(&bridge).await);
    here.publish(1..=100).await;
    assert_eq!(there.end().await, (1..=100).collect::<Vec<_>>());
    assert_eq!(here.bus.counters().failed, 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_encoded_is_a_dead_letter_and_the_rest_arrives() {
    let bridge = Arc::new(Loopback::new());
    let (here, there) = (Process::on(&bridge).await, Process::on(&bridge).await);
    here.publish(0..=2).await;
    assert_eq!(there.end().await, [1, 2]);
    let letters = here.bus.topic::<Tick>().dead_letters();
    assert_eq!((letters[0].event, letters[0].subscriber.as_ref()), (Tick(0), "bridge"));
    assert_eq!(letters[0].error, "nothing to send");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_decoded_is_counted_and_the_rest_arrives() {
    let bridge = Arc::new(Loopback::new());
    let process = Process::on(&bridge).await;
    for (sequence, payload) in [(1, vec![]), (2, vec![0, 0, 0, 0, 0, 0, 0, 9])] {
        bridge.send(&Envelope { subject: "test.tick".into(), origin: 1, sequence, payload }).await.unwrap();
    }
    let topic = process.bus.topic::<Tick>();
    assert_eq!((process.end().await, topic.counters().failed), (vec![9], 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_before_the_close_is_still_sent() {
    let bridge = Arc::new(Loopback::new());
    let (here, there) = (Process::on(&bridge).await, Process::on(&bridge).await);
    here.publish(1..=10).await;
    here.bus.close();
    here.link.await.unwrap().unwrap();
    assert_eq!(there.end().await, (1..=10).collect::<Vec<_>>());
}

struct Ends;

#[interface]
impl IEventBridge for Ends {
    async fn send(&self, _: &Envelope) -> Result<(), BoxError> {
        Ok(())
    }

    async fn open(&self, _: &str) -> Result<Box<dyn Inbox>, BoxError> {
        Ok(Box::new(Self))
    }
}

#[interface]
impl Inbox for Ends {
    async fn next(&mut self) -> Option<Envelope> {
        None
    }

    async fn accept(&mut self) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_says_that_its_bridge_has_ended() {
    let process = Process::on(&Arc::new(Ends)).await;
    assert_eq!(process.link.await.unwrap(), Err(LinkEnded));
    assert_eq!(process.bus.topics()[0].queues.len(), 1, "it has left the topic");
}
