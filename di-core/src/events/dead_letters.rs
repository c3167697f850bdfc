//! Dead letters: events that could not be delivered, and why.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::event::{AnyEvent, Event};

/// So many dead letters are kept per topic; the oldest makes room. Each is counted as failed for ever.
const CAPACITY: usize = 10_000;

/// An event that one subscriber failed to handle, however often it was tried.
///
/// ```
/// use di_core::events::{Bus, Event};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Tick(u64);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// let _broken = ticks.observe("broken", |_| panic!("no such symbol"));
/// ticks.publish(Tick(1)).now()?;
///
/// let letters = ticks.take_dead_letters();
/// assert_eq!((letters[0].subscriber.as_ref(), letters[0].attempts), ("broken", 1));
/// assert_eq!(letters[0].error, "it panicked: no such symbol");
/// assert!(ticks.dead_letters().is_empty());
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter<T = AnyEvent> {
    /// The event.
    pub event: T,
    /// The name of the subscriber that failed.
    pub subscriber: Cow<'static, str>,
    /// How often it was tried: once for an observer, which runs in the publisher's thread and is not retried.
    pub attempts: u32,
    /// What went wrong the last time, with its causes.
    pub error: String,
}

/// The dead letters of one topic.
#[derive(Debug)]
pub(super) struct DeadLetters<E>(Mutex<VecDeque<DeadLetter<E>>>);

impl<E> Default for DeadLetters<E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<E: Event> DeadLetters<E> {
    /// Keeps the letter, and says so in the log: whoever watches only that must not miss it.
    pub(super) fn put(&self, letter: DeadLetter<E>) {
        let DeadLetter { subscriber, attempts, error, .. } = &letter;
        tracing::warn!(topic = E::TOPIC, %subscriber, attempts, %error, "an event could not be delivered");
        let _oldest = {
            let mut letters = self.lock();
            let oldest = if letters.len() >= CAPACITY { letters.pop_front() } else { None };
            letters.push_back(letter);
            oldest
        };
    }

    pub(super) fn read(&self) -> Vec<DeadLetter<E>> {
        self.lock().iter().cloned().collect()
    }

    pub(super) fn take(&self) -> Vec<DeadLetter<E>> {
        std::mem::take(&mut *self.lock()).into()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<DeadLetter<E>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
