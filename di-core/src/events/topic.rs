//! Topics: what publishers and subscribers of one type of event hold.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Weak};

use super::bus::IEventBus;
use super::core::Core;
use super::counters::Counters;
use super::dead_letters::DeadLetter;
use super::event::Event;
use super::history::{History, Recorded};
use super::publisher::Publisher;
use super::publishing::Publishing;
use super::queue::Overflow;
use super::report::{AnyTopic, TopicReport};
use super::subscriber::Subscriber;
use super::subscription::Subscription;
use crate::service;

/// The topic of `E`: all handles of one bus are the same topic.
///
/// As a service it needs an [`IEventBus`]. A container that declares no topic for an event that some service takes
/// does not compile, so neither side can be forgotten.
///
/// ```
/// use std::sync::Arc;
/// use di_core::events::{Bus, Event, Topic};
/// use di_core::{container, service};
///
/// #[derive(Debug, Clone)]
/// pub struct Filled(u64);
///
/// impl Event for Filled {
///     const TOPIC: &'static str = "order.filled";
/// }
///
/// #[service]
/// pub struct Desk {
///     filled: Arc<Topic<Filled>>,
/// }
///
/// #[container]
/// pub struct App {
///     bus: Bus,
///     filled: Topic<Filled>,
///     desk: Desk,
/// }
///
/// let app = App::build(AppInputs {});
/// let topic: &Topic<Filled> = app.get();
/// let _sum = topic.observe("log", |filled: &Filled| assert_eq!(filled.0, 7));
/// app.get::<Desk>().filled.publish(Filled(7)).now()?;
/// assert_eq!(topic.counters().delivered, 1);
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
pub struct Topic<E: Event> {
    core: Arc<Core<E>>,
}

#[service]
impl<E: Event> Topic<E> {
    /// The topic of `E` on this bus. Outside a container, [`Bus::topic`](super::Bus::topic) reads better.
    #[constructor]
    #[must_use]
    pub fn of(bus: Arc<dyn IEventBus>) -> Self {
        bus.bus().topic()
    }
}

impl<E: Event> Topic<E> {
    pub(super) fn new(core: Arc<Core<E>>) -> Self {
        Self { core }
    }

    /// Whether both are the same topic of the same bus.
    #[cfg(feature = "health")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.core, &other.core)
    }

    pub(super) fn core(&self) -> &Arc<Core<E>> {
        &self.core
    }

    /// Publishes the event: observers have seen it when this returns, and queues have it if they have room. What is
    /// returned says how to go on where they have none.
    ///
    /// Events of one publisher, if it ends each publication before the next, arrive in their order everywhere.
    #[inline]
    pub fn publish(&self, event: E) -> Publishing {
        self.core.publish(&self.core.audience.load(), event, 0)
    }

    /// A handle for one hot loop, several times as fast as [`publish`](Self::publish).
    #[must_use]
    pub fn publisher(&self) -> Publisher<E> {
        Publisher::new(Arc::clone(&self.core))
    }

    /// Calls the function in the publisher's thread, for each event, until the subscription is dropped.
    ///
    /// This is the fastest way to hear of an event, and the publisher waits for it: keep it short. A panic goes to the
    /// dead letters and is noticed neither by the publisher nor by others.
    ///
    /// ```
    /// # use di_core::events::{Bus, Event};
    /// # #[derive(Debug, Clone)]
    /// # struct Tick(u64);
    /// # impl Event for Tick { const TOPIC: &'static str = "market.tick"; }
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// let bus = Bus::new();
    /// let ticks = bus.topic::<Tick>();
    /// let last = Arc::new(AtomicU64::new(0));
    /// let seen = Arc::clone(&last);
    /// let subscription = ticks.observe("last tick", move |tick| seen.store(tick.0, Ordering::Relaxed));
    /// ticks.publish(Tick(7)).now()?;
    /// drop(subscription);
    /// ticks.publish(Tick(8)).now()?;
    /// assert_eq!(last.load(Ordering::Relaxed), 7);
    /// # Ok::<(), di_core::events::PublishError>(())
    /// ```
    pub fn observe(
        &self,
        name: impl Into<Cow<'static, str>>,
        observer: impl Fn(&E) + Send + Sync + 'static,
    ) -> Subscription {
        Subscription::new(Arc::downgrade(&self.core) as Weak<_>, self.core.observe(name.into(), observer))
    }

    /// Queues each event from now on for a task or a thread of its own.
    ///
    /// ```
    /// # use di_core::events::{Bus, Event, Overflow, PublishError};
    /// # #[derive(Debug, Clone)]
    /// # struct Tick(u64);
    /// # impl Event for Tick { const TOPIC: &'static str = "market.tick"; }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bus = Bus::new();
    /// let ticks = bus.topic::<Tick>();
    /// let mut journal = ticks.subscribe("journal", Overflow::Wait(64));
    /// let written = tokio::spawn(async move {
    ///     let mut sum = 0;
    ///     while let Some(tick) = journal.next().await {
    ///         sum += tick.0;
    ///     }
    ///     sum
    /// });
    /// for price in 1..=100 {
    ///     ticks.publish(Tick(price)).await?;
    /// }
    /// bus.close();
    /// assert_eq!(written.await?, 5_050);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "what is dropped hears nothing"]
    pub fn subscribe(&self, name: impl Into<Cow<'static, str>>, overflow: Overflow) -> Subscriber<E> {
        Subscriber::new(Arc::downgrade(&self.core), self.core.subscribe(name.into(), overflow))
    }

    /// The counts of this topic.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.core.shared.tally.sum()
    }

    /// Its counts, who observes it, and how far behind each queue is.
    ///
    /// ```
    /// # use di_core::events::{Bus, Event, Overflow};
    /// # #[derive(Debug, Clone)]
    /// # struct Tick(u64);
    /// # impl Event for Tick { const TOPIC: &'static str = "market.tick"; }
    /// let ticks = Bus::new().topic::<Tick>();
    /// assert!(ticks.report().queues.is_empty());
    /// ```
    #[must_use]
    pub fn report(&self) -> TopicReport {
        self.core.report()
    }

    /// The last [`Event::HISTORY`] events, oldest first. What is published meanwhile may push out the oldest of them.
    #[must_use]
    pub fn history(&self) -> Vec<Recorded<E>> {
        self.core.history.as_ref().map(History::read).unwrap_or_default()
    }

    /// The last 10,000 events that a subscriber failed to handle, oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter<E>> {
        self.core.shared.dead.read()
    }

    /// Removes the dead letters and returns them, to try again or to file them.
    #[must_use]
    pub fn take_dead_letters(&self) -> Vec<DeadLetter<E>> {
        self.core.shared.dead.take()
    }
}

impl<E: Event> Clone for Topic<E> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core) }
    }
}

impl<E: Event> fmt::Debug for Topic<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic({})", E::TOPIC)
    }
}
