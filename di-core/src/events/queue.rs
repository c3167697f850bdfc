//! What happens to an event for a subscriber that is slow.

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::buffer::{Buffer, Refused};
use super::counters::Tally;
use super::dead_letters::DeadLetters;
use super::event::Event;

/// What a subscriber wants when events come faster than it takes them. A capacity of zero is taken as one.
///
/// ```
/// use di_core::events::{Bus, Event, Slow};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Price(u64);
///
/// impl Event for Price {
///     const TOPIC: &'static str = "market.price";
/// }
///
/// let bus = Bus::new();
/// let prices = bus.topic::<Price>();
/// let mut recent = prices.subscribe("recent", Slow::DropOldest(2));
/// let mut newest = prices.subscribe("newest", Slow::KeepNewest);
/// for price in 1..=3 {
///     prices.publish(Price(price)).now()?;
/// }
/// assert_eq!((recent.try_next(), recent.try_next()), (Some(Price(2)), Some(Price(3))));
/// assert_eq!((newest.try_next(), newest.try_next()), (Some(Price(3)), None));
/// assert_eq!((recent.lagged(), newest.lagged()), (1, 2));
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slow {
    /// The publisher waits when so many events are queued, until half of them are taken: nothing is lost, and the
    /// slowest sets the pace.
    Wait(usize),
    /// So many events are queued, and the oldest makes room.
    DropOldest(usize),
    /// One event is queued, the newest: right for prices, of which the last one counts.
    KeepNewest,
}

impl Slow {
    fn capacity(self) -> usize {
        match self {
            Self::Wait(capacity) | Self::DropOldest(capacity) => capacity.max(1),
            Self::KeepNewest => 1,
        }
    }
}

/// What the subscribers of a topic report to.
#[derive(Debug)]
pub(super) struct Ledger<E> {
    pub(super) tally: Tally,
    pub(super) dead: DeadLetters<E>,
}

/// The sending half of a subscriber.
pub(super) struct Queue<E> {
    pub(super) id: u64,
    pub(super) name: Cow<'static, str>,
    pub(super) ledger: Arc<Ledger<E>>,
    slow: Slow,
    pub(super) buffer: Buffer<E>,
    lagged: AtomicU64,
}

impl<E: Event> Queue<E> {
    pub(super) fn new(id: u64, name: Cow<'static, str>, slow: Slow, ledger: Arc<Ledger<E>>) -> Self {
        let buffer = Buffer::new(slow.capacity());
        Self { id, name, ledger, slow, buffer, lagged: AtomicU64::new(0) }
    }

    /// Queues the event, or returns it if its publisher shall wait.
    pub(super) fn offer(&self, event: E) -> Result<(), E> {
        let refused = match self.slow {
            Slow::Wait(_) => self.buffer.push(event),
            Slow::DropOldest(_) | Slow::KeepNewest => match self.buffer.push_over(event) {
                Ok(None) => Ok(()),
                Ok(Some(_oldest)) => {
                    self.lag();
                    Ok(())
                }
                Err(closed) => Err(closed),
            },
        };
        match refused {
            Ok(()) => Ok(()),
            Err(Refused::Full(event)) => Err(event),
            Err(Refused::Closed) => {
                self.lag();
                Ok(())
            }
        }
    }

    /// Queues the event as soon as there is room. The event counts as lagged if nobody waits that long.
    pub(super) fn offer_later(self: Arc<Self>, event: E) -> impl Future<Output = ()> + Send + 'static {
        // Made here, because a future that is dropped before its first poll runs nothing of its body.
        let owed = Owed { queue: self, settled: false };
        let mut event = Some(event);
        async move {
            if poll_fn(|context| owed.queue.buffer.poll_push(&mut event, context)).await {
                owed.queued();
            }
        }
    }

    /// A promise that one event, which has been taken, is counted.
    pub(super) fn owe(&self) -> Owed<E, &Self> {
        Owed { queue: self, settled: false }
    }

    /// Counts one event that the subscriber did not get.
    pub(super) fn lag(&self) {
        self.lagged.fetch_add(1, Ordering::Relaxed);
        self.ledger.tally.lagged();
    }

    pub(super) fn lagged(&self) -> u64 {
        self.lagged.load(Ordering::Relaxed)
    }
}

impl<E> fmt::Debug for Queue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Queue({:?})", self.name)
    }
}

/// An event between publication and its end. Dropped unsettled, it counts as lagged: a cancelled future loses nothing
/// unnoticed.
pub(super) struct Owed<E: Event, Q: Deref<Target = Queue<E>>> {
    queue: Q,
    settled: bool,
}

impl<E: Event, Q: Deref<Target = Queue<E>>> Owed<E, Q> {
    fn queued(mut self) {
        self.settled = true;
    }

    pub(super) fn delivered(mut self) {
        self.settled = true;
        self.queue.ledger.tally.delivered();
    }

    pub(super) fn failed(mut self) {
        self.settled = true;
        self.queue.ledger.tally.failed();
    }
}

impl<E: Event, Q: Deref<Target = Queue<E>>> Drop for Owed<E, Q> {
    fn drop(&mut self) {
        if !self.settled {
            self.queue.lag();
        }
    }
}
