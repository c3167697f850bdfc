//! Reports on a topic, without its type.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use super::core::Core;
use super::counters::Counters;
use super::dead_letters::DeadLetter;
use super::event::{AnyEvent, Event};
use super::history::{History, Recorded};
use super::queue::Queue;

/// A topic, as an operator sees it.
///
/// ```
/// use di_core::events::{Bus, Event, Overflow};
///
/// #[derive(Debug, Clone)]
/// struct Tick;
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// let bus = Bus::new();
/// let _journal = bus.topic::<Tick>().subscribe("journal", Overflow::Wait(8));
/// bus.topic::<Tick>().publish(Tick).now()?;
/// let report = &bus.topics()[0];
/// assert_eq!((report.name, report.counters.published), ("market.tick", 1));
/// assert_eq!((report.queues[0].name.as_ref(), report.queues[0].queued), ("journal", 1));
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicReport {
    /// Its [`Event::TOPIC`].
    pub name: &'static str,
    /// Its counts.
    pub counters: Counters,
    /// The names of those who are called in the publisher's thread.
    pub observers: Vec<Cow<'static, str>>,
    /// Those who have a queue.
    pub queues: Vec<QueueReport>,
}

/// A subscriber with a queue, as an operator sees it: who is slow?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueReport {
    /// The name under which it subscribed.
    pub name: Cow<'static, str>,
    /// How many events it has not taken yet.
    pub queued: usize,
    /// How many events it did not get.
    pub lagged: u64,
}

/// A topic of any event.
pub(super) trait AnyTopic: Any + Send + Sync {
    fn name(&self) -> &'static str;
    fn counters(&self) -> Counters;
    fn report(&self) -> TopicReport;
    fn history(&self) -> Vec<Recorded>;
    fn dead_letters(&self) -> Vec<DeadLetter>;
    fn close(&self);
}

impl<E: Event> AnyTopic for Core<E> {
    fn name(&self) -> &'static str {
        E::TOPIC
    }

    fn counters(&self) -> Counters {
        self.shared.tally.sum()
    }

    fn report(&self) -> TopicReport {
        let audience = self.audience.load();
        let queue = |queue: &Arc<Queue<E>>| QueueReport {
            name: queue.name.clone(),
            queued: queue.shared.queues.queued(&queue.cursor),
            lagged: queue.cursor.lagged(),
        };
        TopicReport {
            name: E::TOPIC,
            counters: self.shared.tally.sum(),
            observers: audience.observers().cloned().collect(),
            queues: audience.queues.iter().map(queue).collect(),
        }
    }

    fn history(&self) -> Vec<Recorded> {
        let past = self.history.as_ref().map(History::read).unwrap_or_default();
        past.into_iter().map(|one| Recorded { sequence: one.sequence, event: AnyEvent::new(one.event) }).collect()
    }

    fn dead_letters(&self) -> Vec<DeadLetter> {
        let letters = self.shared.dead.read().into_iter();
        letters
            .map(|DeadLetter { event, subscriber, attempts, error }| DeadLetter {
                event: AnyEvent::new(event),
                subscriber,
                attempts,
                error,
            })
            .collect()
    }

    fn close(&self) {
        Self::close(self);
    }
}
