//! Queue options: the capacity, and what happens to an event when it is full.

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::sync::Arc;

use super::counters::Tally;
use super::dead_letters::DeadLetters;
use super::event::Event;
use super::fan::Fan;
use super::lane::Seat;
use super::publishing::Waiting;

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

    /// The oldest makes room for the newest.
    fn drops(self) -> bool {
        !matches!(self, Self::Wait(_))
    }
}

/// What the queues of a topic share.
pub(super) struct Ledger<E> {
    pub(super) tally: Tally,
    pub(super) dead: DeadLetters<E>,
    pub(super) fan: Fan<E>,
}

/// A queue, as its subscriber and the reports see it.
pub(super) struct Queue<E> {
    pub(super) name: Cow<'static, str>,
    pub(super) ledger: Arc<Ledger<E>>,
    pub(super) seat: Arc<Seat>,
}

impl<E: Event> Ledger<E> {
    /// Queues the event for all but the one of this id. What is returned are the deliveries that wait for room.
    pub(super) fn queue(self: &Arc<Self>, event: E, except: u64) -> Vec<Waiting> {
        let offered = self.fan.offer(event, except);
        if offered.lagged > 0 {
            self.tally.lagged(offered.lagged);
        }
        if offered.refused.is_empty() {
            return Vec::new();
        }
        let later = |(seat, event)| Box::pin(Arc::clone(self).queue_later(seat, event)) as Waiting;
        offered.refused.into_iter().map(later).collect()
    }

    /// Queues the event as soon as there is room. The event counts as lagged if nobody waits that long.
    fn queue_later(self: Arc<Self>, seat: Arc<Seat>, event: E) -> impl Future<Output = ()> + Send + 'static {
        // Made here, because a future that is dropped before its first poll runs nothing of its body.
        let owed = Owed { ledger: self, seat, settled: false };
        let mut event = Some(event);
        async move {
            if poll_fn(|context| owed.ledger.fan.poll_push(&owed.seat, &mut event, context)).await {
                owed.queued();
            }
        }
    }
}

impl<E: Event> Queue<E> {
    pub(super) fn new(id: u64, name: Cow<'static, str>, slow: Slow, ledger: Arc<Ledger<E>>) -> Self {
        let seat = ledger.fan.join(id, slow.capacity(), slow.drops());
        Self { name, ledger, seat }
    }

    /// A promise that one event, which has been taken, is counted.
    pub(super) fn owe(&self) -> Owed<E, &Ledger<E>, &Seat> {
        Owed { ledger: &self.ledger, seat: &self.seat, settled: false }
    }
}

impl<E> fmt::Debug for Queue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Queue({:?})", self.name)
    }
}

/// An event between publication and its end. Dropped unsettled, it counts as lagged: a cancelled future loses nothing
/// unnoticed.
pub(super) struct Owed<E: Event, L: Deref<Target = Ledger<E>>, S: Deref<Target = Seat>> {
    ledger: L,
    seat: S,
    settled: bool,
}

impl<E: Event, L: Deref<Target = Ledger<E>>, S: Deref<Target = Seat>> Owed<E, L, S> {
    fn queued(mut self) {
        self.settled = true;
    }

    pub(super) fn delivered(mut self) {
        self.settled = true;
        self.ledger.tally.delivered();
    }

    pub(super) fn failed(mut self) {
        self.settled = true;
        self.ledger.tally.failed();
    }
}

impl<E: Event, L: Deref<Target = Ledger<E>>, S: Deref<Target = Seat>> Drop for Owed<E, L, S> {
    fn drop(&mut self) {
        if !self.settled {
            self.seat.lag();
            self.ledger.tally.lagged(1);
        }
    }
}
