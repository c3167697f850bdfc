//! The link between a topic and a bridge.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use super::{Envelope, IEventBridge, Inbox};
use crate::error::BoxError;
use crate::events::delivery::settle;
use crate::events::{Event, Overflow, Retry, Subscriber, Topic};

/// An event that can leave the process.
pub trait Wire: Event + Sized {
    /// As bytes.
    ///
    /// # Errors
    ///
    /// Whatever makes the event unfit for sending; it then becomes a dead letter.
    fn encode(&self) -> Result<Vec<u8>, BoxError>;

    /// From bytes.
    ///
    /// # Errors
    ///
    /// Whatever makes the bytes no event of this type.
    fn decode(bytes: &[u8]) -> Result<Self, BoxError>;
}

/// Sends each event of a topic over a bridge, and publishes what arrives there.
///
/// An event that arrived is not sent back, and one that arrives twice is published once. Sending is retried as any
/// handler is, and then goes to the dead letters.
///
/// ```
/// use std::sync::Arc;
/// use di_core::error::BoxError;
/// use di_core::events::bridge::{Link, Loopback, Wire};
/// use di_core::events::{Bus, Event, Overflow};
///
/// #[derive(Debug, Clone)]
/// struct Tick(u8);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// impl Wire for Tick {
///     fn encode(&self) -> Result<Vec<u8>, BoxError> { Ok(vec![self.0]) }
///     fn decode(bytes: &[u8]) -> Result<Self, BoxError> { Ok(Self(*bytes.first().ok_or("no bytes")?)) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let bridge = Arc::new(Loopback::new());
/// let (here, there) = (Bus::new(), Bus::new());
/// let mut arrives = there.topic::<Tick>().subscribe("arrivals", Overflow::Wait(8));
/// for bus in [&here, &there] {
///     let link = Link::open(&bus.topic::<Tick>(), Arc::clone(&bridge) as _, Overflow::Wait(8)).await?;
///     tokio::spawn(link.run());
/// }
/// here.topic().publish(Tick(7)).await?;
/// assert_eq!(arrives.next().await.map(|tick| tick.0), Some(7));
/// # Ok(())
/// # }
/// ```
#[must_use = "a link does nothing until it is run"]
pub struct Link<E: Wire> {
    topic: Topic<E>,
    subscriber: Subscriber<E>,
    bridge: Arc<dyn IEventBridge>,
    inbox: Box<dyn Inbox>,
    origin: u64,
    retry: Retry,
}

impl<E: Wire> Link<E> {
    /// Joins the topic and the bridge: from now on, both sides queue for each other.
    ///
    /// # Errors
    ///
    /// Whatever kept the bridge from opening an inbox.
    pub async fn open(topic: &Topic<E>, bridge: Arc<dyn IEventBridge>, overflow: Overflow) -> Result<Self, BoxError> {
        let inbox = bridge.open(E::TOPIC).await?;
        let subscriber = topic.subscribe("bridge", overflow);
        // The hasher's keys are the standard library's only source of chance.
        let origin = RandomState::new().build_hasher().finish();
        Ok(Self { topic: topic.clone(), subscriber, bridge, inbox, origin, retry: Retry::default() })
    }

    /// Sets other retries for sending.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Carries events both ways until the bus is closed and what was queued is sent.
    ///
    /// # Errors
    ///
    /// [`LinkEnded`] if the bridge ends before the bus does. Whoever supervises the task may open another link.
    pub async fn run(self) -> Result<(), LinkEnded> {
        let Self { topic, subscriber, bridge, inbox, origin, retry } = self;
        let arrivals = Arrivals { topic: &topic, skip: subscriber.queue.cursor.id, origin, seen: HashMap::new() };
        tokio::select! {
            () = depart(subscriber, &*bridge, origin, retry) => Ok(()),
            end = arrivals.publish(inbox) => end,
        }
    }
}

/// Sends until the topic is closed and drained.
async fn depart<E: Wire>(mut subscriber: Subscriber<E>, bridge: &dyn IEventBridge, origin: u64, retry: Retry) {
    let mut sequence = 0;
    while let Some(event) = subscriber.take().await {
        sequence += 1;
        // Encoded once: each attempt sends the same envelope, so that the other side can tell that it is the same.
        let envelope =
            event.encode().map(|payload| Envelope { subject: E::TOPIC.to_owned(), origin, sequence, payload });
        settle(&subscriber.queue, retry, &event, || async {
            match &envelope {
                Ok(envelope) => bridge.send(envelope).await,
                Err(error) => Err(error.to_string().into()),
            }
        })
        .await;
    }
}

struct Arrivals<'a, E: Wire> {
    topic: &'a Topic<E>,
    /// The queue of the link itself: what arrived must not be sent back.
    skip: u64,
    origin: u64,
    /// The last envelope of each origin.
    seen: HashMap<u64, u64>,
}

impl<E: Wire> Arrivals<'_, E> {
    async fn publish(mut self, mut inbox: Box<dyn Inbox>) -> Result<(), LinkEnded> {
        while let Some(envelope) = inbox.next().await {
            if self.is_new(&envelope) {
                match E::decode(&envelope.payload) {
                    Ok(event) => self.hand_over(event).await,
                    Err(error) => self.refuse(&envelope, &error),
                }
                self.seen.insert(envelope.origin, envelope.sequence);
            }
            // Not accepted means delivered again, and then it is known.
            let _ = inbox.accept().await;
        }
        Err(LinkEnded)
    }

    async fn hand_over(&self, event: E) {
        let core = self.topic.core();
        let publishing = core.publish(&core.audience.load(), event, self.skip);
        if publishing.await.is_err() {
            // The bus is closed, and the envelope stays with the bridge. What is queued for sending may not be sent
            // yet: the other direction says when it is all over.
            std::future::pending::<()>().await;
        }
    }

    /// An envelope that nobody can read would come back for ever, so it is accepted, counted and reported.
    fn refuse(&self, envelope: &Envelope, error: &BoxError) {
        self.topic.core().shared.tally.failed();
        tracing::warn!(topic = E::TOPIC, id = envelope.id(), %error, "an envelope holds no event of this topic");
    }

    fn is_new(&self, envelope: &Envelope) -> bool {
        envelope.origin != self.origin && self.seen.get(&envelope.origin).is_none_or(|last| *last < envelope.sequence)
    }
}

/// The bridge delivers nothing more, and the bus is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkEnded;

impl fmt::Display for LinkEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bridge delivers nothing more")
    }
}

impl std::error::Error for LinkEnded {}

impl<E: Wire> fmt::Debug for Link<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", E::TOPIC)
    }
}
