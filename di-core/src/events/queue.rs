//! Queue options: the capacity, and what happens to an event when it is full.

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::sync::Arc;

use super::buffer::Cursor;
use super::counters::Tally;
use super::dead_letters::DeadLetters;
use super::event::Event;
use super::publishing::Waiting;
use super::queue_set::QueueSet;

/// What a subscriber wants when events come faster than it takes them. A capacity of zero is taken as one.
///
/// ```
/// use di_core::events::{Bus, Event, Overflow};
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
/// let mut recent = prices.subscribe("recent", Overflow::DropOldest(2));
/// let mut newest = prices.subscribe("newest", Overflow::KeepNewest);
/// for price in 1..=3 {
///     prices.publish(Price(price)).now()?;
/// }
/// assert_eq!((recent.try_next(), recent.try_next()), (Some(Price(2)), Some(Price(3))));
/// assert_eq!((newest.try_next(), newest.try_next()), (Some(Price(3)), None));
/// assert_eq!((recent.lagged(), newest.lagged()), (1, 2));
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// The publisher waits when so many events are queued, until half of them are taken: nothing is lost, and the
    /// slowest sets the pace.
    Wait(usize),
    /// So many events are queued, and the oldest makes room.
    DropOldest(usize),
    /// One event is queued, the newest: right for prices, of which the last one counts.
    KeepNewest,
}

impl Overflow {
    fn capacity(self) -> usize {
        match self {
            Self::Wait(capacity) | Self::DropOldest(capacity) => capacity.max(1),
            Self::KeepNewest => 1,
        }
    }

    /// The oldest makes room for the newest.
    fn drops(self) -> bool {
        !matches!(self, Self::Wait(_))
    }
}

/// What the queues of a topic share.
pub(super) struct TopicShared<E> {
    pub(super) tally: Tally,
    pub(super) dead: DeadLetters<E>,
    pub(super) queues: QueueSet<E>,
}

/// A queue, as its subscriber and the reports see it.
pub(super) struct Queue<E> {
    pub(super) name: Cow<'static, str>,
    pub(super) shared: Arc<TopicShared<E>>,
    pub(super) cursor: Arc<Cursor>,
}

impl<E: Event> TopicShared<E> {
    /// Queues the event for all but the one of this id. What is returned are the deliveries that wait for room.
    pub(super) fn queue(self: &Arc<Self>, event: E, except: u64) -> Vec<Waiting> {
        let offered = self.queues.offer(event, except);
        if offered.lagged > 0 {
            self.tally.lagged(offered.lagged);
        }
        if offered.refused.is_empty() {
            return Vec::new();
        }
        let later = |(cursor, event)| Box::pin(Arc::clone(self).queue_later(cursor, event)) as Waiting;
        offered.refused.into_iter().map(later).collect()
    }

    /// Queues the event as soon as there is room. The event counts as lagged if nobody waits that long.
    fn queue_later(self: Arc<Self>, cursor: Arc<Cursor>, event: E) -> impl Future<Output = ()> + Send + 'static {
        // Made here, because a future that is dropped before its first poll runs nothing of its body.
        let guard = DeliveryGuard { shared: self, cursor, settled: false };
        let mut event = Some(event);
        async move {
            if poll_fn(|context| guard.shared.queues.poll_push(&guard.cursor, &mut event, context)).await {
                guard.queued();
            }
        }
    }
}

impl<E: Event> Queue<E> {
    pub(super) fn new(id: u64, name: Cow<'static, str>, overflow: Overflow, shared: Arc<TopicShared<E>>) -> Self {
        let cursor = shared.queues.join(id, overflow.capacity(), overflow.drops());
        Self { name, shared, cursor }
    }

    /// A promise that one event, which has been taken, is counted.
    pub(super) fn guard(&self) -> DeliveryGuard<E, &TopicShared<E>, &Cursor> {
        DeliveryGuard { shared: &self.shared, cursor: &self.cursor, settled: false }
    }
}

impl<E> fmt::Debug for Queue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Queue({:?})", self.name)
    }
}

/// An event between publication and its end. Dropped unsettled, it counts as lagged: a cancelled future loses nothing
/// unnoticed.
pub(super) struct DeliveryGuard<E: Event, L: Deref<Target = TopicShared<E>>, S: Deref<Target = Cursor>> {
    shared: L,
    cursor: S,
    settled: bool,
}

impl<E: Event, L: Deref<Target = TopicShared<E>>, S: Deref<Target = Cursor>> DeliveryGuard<E, L, S> {
    fn queued(mut self) {
        self.settled = true;
    }

    pub(super) fn delivered(mut self) {
        self.settled = true;
        self.shared.tally.delivered();
    }

    pub(super) fn failed(mut self) {
        self.settled = true;
        self.shared.tally.failed();
    }
}

impl<E: Event, L: Deref<Target = TopicShared<E>>, S: Deref<Target = Cursor>> Drop for DeliveryGuard<E, L, S> {
    fn drop(&mut self) {
        if !self.settled {
            self.cursor.lag();
            self.shared.tally.lagged(1);
        }
    }
}
