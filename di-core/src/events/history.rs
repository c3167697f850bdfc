//! The history of a topic: its last events.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::event::{AnyEvent, Event};

/// An event of the past and its place among all events of its bus.
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
/// ticks.publish(Tick(1)).now()?;
/// ticks.publish(Tick(2)).now()?;
/// let past = ticks.history();
/// assert!(past[0].sequence < past[1].sequence);
/// assert_eq!(past[1].event, Tick(2));
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded<T = AnyEvent> {
    /// Grows with each remembered event of the bus, whatever its topic. Publications that overlap in time may be in
    /// another order here than at a subscriber.
    pub sequence: u64,
    /// The event.
    pub event: T,
}

/// The ring of one topic.
pub(super) struct History<E> {
    ring: Mutex<VecDeque<Recorded<E>>>,
    /// Shared by all topics of a bus, so that their rings can be merged.
    sequence: Arc<AtomicU64>,
}

/// So many events are copied at a time: publishers wait for one chunk, not for 10,000 clones.
const CHUNK: usize = 256;

impl<E: Event> History<E> {
    pub(super) fn new(sequence: Arc<AtomicU64>) -> Self {
        Self { ring: Mutex::default(), sequence }
    }

    /// Remembers a clone. The clone is made, and what falls out is dropped, while the lock is free: both run code of
    /// the user's, which may publish.
    pub(super) fn keep(&self, event: &E) {
        let event = event.clone();
        let _oldest = {
            let mut ring = self.lock();
            let oldest = if ring.len() >= E::HISTORY { ring.pop_front() } else { None };
            ring.push_back(Recorded { sequence: self.sequence.fetch_add(1, Ordering::Relaxed), event });
            oldest
        };
    }

    /// What is remembered, oldest first, up to now.
    pub(super) fn read(&self) -> Vec<Recorded<E>> {
        let Some(end) = self.lock().back().map(|last| last.sequence) else { return Vec::new() };
        let mut past: Vec<Recorded<E>> = Vec::new();
        loop {
            let after = past.last().map(|last| last.sequence);
            if after >= Some(end) {
                return past;
            }
            let ring = self.lock();
            let first = ring.partition_point(|one| Some(one.sequence) <= after);
            let chunk = ring.range(first..).take(CHUNK).take_while(|one| one.sequence <= end);
            let before = past.len();
            past.extend(chunk.cloned());
            if past.len() == before {
                return past;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Recorded<E>>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> fmt::Debug for History<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("History")
    }
}

/// The last events of several topics in one list, oldest first.
pub(super) fn merge(topics: impl Iterator<Item = Vec<Recorded>>, limit: usize) -> Vec<Recorded> {
    let mut all: Vec<Recorded> = topics.flatten().collect();
    all.sort_unstable_by_key(|one| one.sequence);
    let surplus = all.len().saturating_sub(limit);
    all.drain(..surplus);
    all
}
