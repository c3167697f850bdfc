//! The queues of a topic, and the wake-ups of their readers.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::buffer::{Batch, Buffer, Cursor, NOBODY};
use super::sync::{Mutex, MutexGuard, Ordering, PoisonError};

/// The queues of a topic: many writers, and one reader for each queue.
///
/// One lock for all queues: a publication takes it once, however many there are, and what is full, who waits and what is
/// closed cannot disagree. A reader takes it only when his [`Batch`] is empty, and then fetches all that there is.
///
/// Of the user's code, only `clone` runs under the lock. Wakers are called and events dropped when it is free.
pub(super) struct QueueSet<E>(Mutex<Buffers<E>>);

struct Buffers<E> {
    open: bool,
    /// In the order of their ids.
    all: Vec<Buffer<E>>,
}

/// What a publication leaves to be done.
pub(super) struct Offered<E> {
    /// So many deliveries will not happen: something was dropped to make room, or the queue is closed.
    pub(super) lagged: u64,
    /// Who had no room and wants the publisher to wait.
    pub(super) refused: Vec<(Arc<Cursor>, E)>,
    /// Events that made room, to be dropped when the lock is free.
    pub(super) dropped: Vec<E>,
    /// Readers that slept.
    pub(super) readers: Vec<Waker>,
}

impl<E: Clone> QueueSet<E> {
    /// Offers the event to each queue but the one of this id.
    #[inline]
    pub(super) fn offer(&self, event: E, except: u64) -> Offered<E> {
        let mut offered = Offered { lagged: 0, refused: Vec::new(), dropped: Vec::new(), readers: Vec::new() };
        let mut buffers = self.lock();
        let open = buffers.open;
        let mut rest = buffers.all.iter_mut().filter(|buffer| buffer.cursor.id != except);
        if open {
            // The last one gets the event itself.
            if let Some(last) = rest.next_back() {
                rest.for_each(|buffer| buffer.offer(event.clone(), &mut offered));
                last.offer(event, &mut offered);
            }
        } else {
            for buffer in rest {
                buffer.cursor.lag();
                offered.lagged += 1;
            }
        }
        drop(buffers);
        for reader in std::mem::take(&mut offered.readers) {
            reader.wake();
        }
        offered
    }
}

impl<E> QueueSet<E> {
    /// Adds a queue; its id is greater than that of any other.
    pub(super) fn join(&self, id: u64, capacity: usize, drops: bool) -> Arc<Cursor> {
        let buffer = Buffer::new(id, capacity as u64, drops);
        let cursor = Arc::clone(&buffer.cursor);
        self.lock().all.push(buffer);
        cursor
    }

    /// Removes a queue, and returns how many events it leaves behind. Once all is closed it only empties it, so that a
    /// publication that began before is counted.
    pub(super) fn leave(&self, cursor: &Cursor, batch: &mut Batch<E>) -> u64 {
        let mut buffers = self.lock();
        let Some(index) = buffers.index_of(cursor) else { return 0 };
        let Some(buffer) = buffers.all.get_mut(index) else { return 0 };
        let (left, events, writers) = buffer.empty();
        if buffers.open {
            buffers.all.remove(index);
        }
        drop(buffers);
        writers.into_iter().for_each(Waker::wake);
        drop(events);
        *batch = Batch::default();
        left
    }

    /// Queues the event as soon as there is room, and takes it out of the `Option` then; `false` if that is no more to
    /// come.
    pub(super) fn poll_push(&self, cursor: &Cursor, event: &mut Option<E>, context: &Context<'_>) -> Poll<bool> {
        let mut buffers = self.lock();
        let open = buffers.open;
        let Some(buffer) = buffers.get(cursor).filter(|_| open) else { return Poll::Ready(false) };
        if buffer.is_full() && buffer.waits_for_room(context.waker()) {
            return Poll::Pending;
        }
        let reader = event.take().and_then(|event| buffer.append(event));
        drop(buffers);
        reader.into_iter().for_each(Waker::wake);
        Poll::Ready(true)
    }

    /// The oldest event; `None` if there is none now.
    pub(super) fn pop(&self, cursor: &Cursor, batch: &mut Batch<E>) -> Option<E> {
        self.take(cursor, batch).or_else(|| self.fetch(cursor, batch, self.lock()))
    }

    /// The oldest event; `None` if there will be none any more.
    pub(super) fn poll_pop(&self, cursor: &Cursor, batch: &mut Batch<E>, context: &Context<'_>) -> Poll<Option<E>> {
        if let Some(event) = self.take(cursor, batch) {
            return Poll::Ready(Some(event));
        }
        let mut buffers = self.lock();
        let open = buffers.open;
        let Some(buffer) = buffers.get(cursor) else { return Poll::Ready(None) };
        if buffer.has_events() {
            return Poll::Ready(self.fetch(cursor, batch, buffers));
        }
        if !open {
            return Poll::Ready(None);
        }
        buffer.sleep(context.waker());
        Poll::Pending
    }

    /// How many events a queue holds.
    pub(super) fn queued(&self, cursor: &Cursor) -> usize {
        // They fit into memory, and so their number does into a `usize`.
        self.lock().get(cursor).map_or(0, |buffer| buffer.queued() as usize)
    }

    /// Lets nothing more in. What is queued can still be taken.
    pub(super) fn close(&self) {
        let mut buffers = self.lock();
        buffers.open = false;
        let wakers: Vec<Waker> = buffers.all.iter_mut().flat_map(Buffer::wakers).collect();
        drop(buffers);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The oldest event in the batch that was not dropped meanwhile.
    fn take(&self, cursor: &Cursor, batch: &mut Batch<E>) -> Option<E> {
        while let Some((position, event)) = batch.pop() {
            if cursor.moves_past(position) {
                if position + 1 >= cursor.wake_at.load(Ordering::SeqCst) {
                    self.wake_writers(cursor, self.lock());
                }
                return Some(event);
            }
        }
        None
    }

    /// Fills the empty batch and takes the first event.
    fn fetch(&self, cursor: &Cursor, batch: &mut Batch<E>, mut buffers: MutexGuard<'_, Buffers<E>>) -> Option<E> {
        let event = buffers.get(cursor)?.hand_over(batch)?;
        if batch.first() >= cursor.wake_at.load(Ordering::SeqCst) {
            self.wake_writers(cursor, buffers);
        }
        Some(event)
    }

    /// Wakes all writers. The reader does so when half of the queue is free: for each single place, he and the writer
    /// would take turns. All, because one that was woken and has given up would not pass it on.
    fn wake_writers(&self, cursor: &Cursor, mut buffers: MutexGuard<'_, Buffers<E>>) {
        cursor.wake_at.store(NOBODY, Ordering::SeqCst);
        let writers = buffers.get(cursor).map(Buffer::take_writers).unwrap_or_default();
        drop(buffers);
        writers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Buffers<E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> Default for QueueSet<E> {
    fn default() -> Self {
        Self(Mutex::new(Buffers { open: true, all: Vec::new() }))
    }
}

impl<E> Buffers<E> {
    fn index_of(&self, cursor: &Cursor) -> Option<usize> {
        self.all.binary_search_by_key(&cursor.id, |buffer| buffer.cursor.id).ok()
    }

    fn get(&mut self, cursor: &Cursor) -> Option<&mut Buffer<E>> {
        let index = self.index_of(cursor)?;
        self.all.get_mut(index)
    }
}
