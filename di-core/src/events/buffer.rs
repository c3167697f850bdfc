//! One queue: a buffer behind the lock of its topic, and the batch that its reader has fetched.
//!
//! Each event of a queue has a position. Those from the head to the tail are queued, the first of them in the reader's
//! batch and the rest behind the lock. An event leaves when the head moves past its position, and exactly one moves it
//! there: the reader who takes the event, or the writer who drops it to make room. So the capacity holds for both parts
//! together, and no event is both taken and dropped.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

use super::queue_set::Offered;
use super::sync::{AtomicU64, Ordering};

/// The part behind the lock.
pub(super) struct Buffer<E> {
    pub(super) cursor: Arc<Cursor>,
    capacity: u64,
    /// The oldest makes room for the newest.
    drops: bool,
    events: VecDeque<E>,
    /// The position of the next event.
    tail: u64,
    /// Where the head was when it was last looked at. It only grows: what had room then has room now.
    head: u64,
    reader: Option<Waker>,
    writers: Vec<Waker>,
}

/// What the reader has fetched and not yet taken. Until he takes them, these events are queued and may be dropped.
pub(super) struct Batch<E> {
    events: VecDeque<E>,
    /// The position of the first one.
    first: u64,
}

/// What the reader touches with each event, without the lock. In cache lines of its own (two, as processors fetch them
/// in pairs), so that he and the writers do not take them from each other.
#[repr(align(128))]
pub(super) struct Cursor {
    pub(super) id: u64,
    /// The position of the oldest event that is queued. Writers move it under the lock, the reader without.
    head: AtomicU64,
    /// Where the head must be for the writers to be woken; [`NOBODY`] if none waits. Written under the lock.
    pub(super) wake_at: AtomicU64,
    lagged: AtomicU64,
}

/// No writer waits for room.
pub(super) const NOBODY: u64 = u64::MAX;

impl<E> Buffer<E> {
    pub(super) fn new(id: u64, capacity: u64, drops: bool) -> Self {
        let (head, wake_at, lagged) = (AtomicU64::new(0), AtomicU64::new(NOBODY), AtomicU64::new(0));
        let cursor = Arc::new(Cursor { id, head, wake_at, lagged });
        let (events, writers) = (VecDeque::new(), Vec::new());
        Self { cursor, capacity, drops, events, tail: 0, head: 0, reader: None, writers }
    }

    /// Queues the event, after dropping the oldest if need be, or returns it if there is no room.
    pub(super) fn offer(&mut self, event: E, offered: &mut Offered<E>) {
        if self.is_full() {
            if !self.drops {
                offered.refused.push((Arc::clone(&self.cursor), event));
                return;
            }
            // If the head has moved meanwhile, then the reader has just taken the oldest, and there is room.
            if self.cursor.moves_past(self.head) {
                self.cursor.lag();
                offered.lagged += 1;
                if self.head >= self.tail - self.events.len() as u64 {
                    offered.dropped.extend(self.events.pop_front());
                }
            }
        }
        offered.readers.extend(self.append(event));
    }

    /// Queues the event, and returns the reader if he sleeps.
    pub(super) fn append(&mut self, event: E) -> Option<Waker> {
        self.events.push_back(event);
        self.tail += 1;
        self.reader.take()
    }

    pub(super) fn is_full(&mut self) -> bool {
        if self.tail - self.head >= self.capacity {
            self.head = self.cursor.head.load(Ordering::SeqCst);
        }
        self.tail - self.head >= self.capacity
    }

    /// Notes that a writer waits, unless there is room after all.
    pub(super) fn waits_for_room(&mut self, writer: &Waker) -> bool {
        if self.writers.is_empty() {
            self.cursor.wake_at.store(self.tail - self.capacity / 2, Ordering::SeqCst);
        }
        if !self.writers.iter().any(|other| other.will_wake(writer)) {
            self.writers.push(writer.clone());
        }
        // The reader moves the head and then looks whether someone waits: one of the two sees the other.
        self.is_full()
    }

    pub(super) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Puts all events into the empty batch, and takes the first of them.
    pub(super) fn hand_over(&mut self, batch: &mut Batch<E>) -> Option<E> {
        std::mem::swap(&mut batch.events, &mut self.events);
        batch.first = self.tail - batch.events.len() as u64;
        let (position, event) = batch.pop()?;
        // Neither an exchange nor in any order of its own: writers look only under the lock, and the reader is here.
        self.cursor.head.store(position + 1, Ordering::Relaxed);
        Some(event)
    }

    pub(super) fn sleep(&mut self, reader: &Waker) {
        match &mut self.reader {
            Some(before) => before.clone_from(reader),
            none => *none = Some(reader.clone()),
        }
    }

    pub(super) fn queued(&self) -> u64 {
        self.tail - self.cursor.head.load(Ordering::SeqCst)
    }

    /// Counts all that is queued as lagged; with that, what it was and who waited for room.
    pub(super) fn empty(&mut self) -> (u64, VecDeque<E>, Vec<Waker>) {
        let left = self.queued();
        self.cursor.head.store(self.tail, Ordering::SeqCst);
        self.cursor.lagged.fetch_add(left, Ordering::Relaxed);
        (left, std::mem::take(&mut self.events), self.take_writers())
    }

    pub(super) fn take_writers(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.writers)
    }

    /// Whoever sleeps because of this queue.
    pub(super) fn wakers(&mut self) -> impl Iterator<Item = Waker> + use<E> {
        self.reader.take().into_iter().chain(self.take_writers())
    }
}

impl<E> Batch<E> {
    /// The first event and its position.
    pub(super) fn pop(&mut self) -> Option<(u64, E)> {
        let event = self.events.pop_front()?;
        let position = self.first;
        self.first += 1;
        Some((position, event))
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }
}

impl<E> Default for Batch<E> {
    fn default() -> Self {
        Self { events: VecDeque::new(), first: 0 }
    }
}

impl Cursor {
    /// Moves the head past this position, unless someone else has.
    pub(super) fn moves_past(&self, position: u64) -> bool {
        self.head.compare_exchange(position, position + 1, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Counts one event that the reader did not get.
    pub(super) fn lag(&self) {
        self.lagged.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn lagged(&self) -> u64 {
        self.lagged.load(Ordering::Relaxed)
    }
}
