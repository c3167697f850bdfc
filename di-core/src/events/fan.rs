//! The queues of a topic, and the wake-ups of their readers.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::lane::{Hand, Lane, NOBODY, Seat};
use super::sync::{Mutex, MutexGuard, Ordering, PoisonError};

/// The queues of a topic: many writers, and one reader for each queue.
///
/// One lock for all queues: a publication takes it once, however many there are, and what is full, who waits and what is
/// closed cannot disagree. A reader takes it only when his [`Hand`] is empty, and then fetches all that there is.
///
/// Of the user's code, only `clone` runs under the lock. Wakers are called and events dropped when it is free.
pub(super) struct Fan<E>(Mutex<Lanes<E>>);

struct Lanes<E> {
    open: bool,
    /// In the order of their ids.
    all: Vec<Lane<E>>,
}

/// What a publication leaves to be done.
pub(super) struct Offered<E> {
    /// So many deliveries will not happen: something was dropped to make room, or the queue is closed.
    pub(super) lagged: u64,
    /// Who had no room and wants the publisher to wait.
    pub(super) refused: Vec<(Arc<Seat>, E)>,
    /// Events that made room, to be dropped when the lock is free.
    pub(super) dropped: Vec<E>,
    /// Readers that slept.
    pub(super) readers: Vec<Waker>,
}

impl<E: Clone> Fan<E> {
    /// Offers the event to each queue but the one of this id.
    #[inline]
    pub(super) fn offer(&self, event: E, except: u64) -> Offered<E> {
        let mut offered = Offered { lagged: 0, refused: Vec::new(), dropped: Vec::new(), readers: Vec::new() };
        let mut lanes = self.lock();
        let open = lanes.open;
        let mut rest = lanes.all.iter_mut().filter(|lane| lane.seat.id != except);
        if open {
            // The last one gets the event itself.
            if let Some(last) = rest.next_back() {
                rest.for_each(|lane| lane.offer(event.clone(), &mut offered));
                last.offer(event, &mut offered);
            }
        } else {
            for lane in rest {
                lane.seat.lag();
                offered.lagged += 1;
            }
        }
        drop(lanes);
        for reader in std::mem::take(&mut offered.readers) {
            reader.wake();
        }
        offered
    }
}

impl<E> Fan<E> {
    /// Adds a queue; its id is greater than that of any other.
    pub(super) fn join(&self, id: u64, capacity: usize, drops: bool) -> Arc<Seat> {
        let lane = Lane::new(id, capacity as u64, drops);
        let seat = Arc::clone(&lane.seat);
        self.lock().all.push(lane);
        seat
    }

    /// Removes a queue, and returns how many events it leaves behind. Once all is closed it only empties it, so that a
    /// publication that began before is counted.
    pub(super) fn leave(&self, seat: &Seat, hand: &mut Hand<E>) -> u64 {
        let mut lanes = self.lock();
        let Some(index) = lanes.index_of(seat) else { return 0 };
        let Some(lane) = lanes.all.get_mut(index) else { return 0 };
        let (left, events, writers) = lane.empty();
        if lanes.open {
            lanes.all.remove(index);
        }
        drop(lanes);
        writers.into_iter().for_each(Waker::wake);
        drop(events);
        *hand = Hand::default();
        left
    }

    /// Queues the event as soon as there is room, and takes it out of the `Option` then; `false` if that is no more to
    /// come.
    pub(super) fn poll_push(&self, seat: &Seat, event: &mut Option<E>, context: &Context<'_>) -> Poll<bool> {
        let mut lanes = self.lock();
        let open = lanes.open;
        let Some(lane) = lanes.get(seat).filter(|_| open) else { return Poll::Ready(false) };
        if lane.is_full() && lane.waits_for_room(context.waker()) {
            return Poll::Pending;
        }
        let reader = event.take().and_then(|event| lane.append(event));
        drop(lanes);
        reader.into_iter().for_each(Waker::wake);
        Poll::Ready(true)
    }

    /// The oldest event; `None` if there is none now.
    pub(super) fn pop(&self, seat: &Seat, hand: &mut Hand<E>) -> Option<E> {
        self.take(seat, hand).or_else(|| self.fetch(seat, hand, self.lock()))
    }

    /// The oldest event; `None` if there will be none any more.
    pub(super) fn poll_pop(&self, seat: &Seat, hand: &mut Hand<E>, context: &Context<'_>) -> Poll<Option<E>> {
        if let Some(event) = self.take(seat, hand) {
            return Poll::Ready(Some(event));
        }
        let mut lanes = self.lock();
        let open = lanes.open;
        let Some(lane) = lanes.get(seat) else { return Poll::Ready(None) };
        if lane.has_events() {
            return Poll::Ready(self.fetch(seat, hand, lanes));
        }
        if !open {
            return Poll::Ready(None);
        }
        lane.sleep(context.waker());
        Poll::Pending
    }

    /// How many events a queue holds.
    pub(super) fn queued(&self, seat: &Seat) -> usize {
        // They fit into memory, and so their number does into a `usize`.
        self.lock().get(seat).map_or(0, |lane| lane.queued() as usize)
    }

    /// Lets nothing more in. What is queued can still be taken.
    pub(super) fn close(&self) {
        let mut lanes = self.lock();
        lanes.open = false;
        let wakers: Vec<Waker> = lanes.all.iter_mut().flat_map(Lane::wakers).collect();
        drop(lanes);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The oldest event in the hand that was not dropped meanwhile.
    fn take(&self, seat: &Seat, hand: &mut Hand<E>) -> Option<E> {
        while let Some((position, event)) = hand.pop() {
            if seat.moves_past(position) {
                if position + 1 >= seat.wake_at.load(Ordering::SeqCst) {
                    self.wake_writers(seat, self.lock());
                }
                return Some(event);
            }
        }
        None
    }

    /// Fills the empty hand and takes the first event.
    fn fetch(&self, seat: &Seat, hand: &mut Hand<E>, mut lanes: MutexGuard<'_, Lanes<E>>) -> Option<E> {
        let event = lanes.get(seat)?.hand_over(hand)?;
        if hand.first() >= seat.wake_at.load(Ordering::SeqCst) {
            self.wake_writers(seat, lanes);
        }
        Some(event)
    }

    /// Wakes all writers. The reader does so when half of the queue is free: for each single place, he and the writer
    /// would take turns. All, because one that was woken and has given up would not pass it on.
    fn wake_writers(&self, seat: &Seat, mut lanes: MutexGuard<'_, Lanes<E>>) {
        seat.wake_at.store(NOBODY, Ordering::SeqCst);
        let writers = lanes.get(seat).map(Lane::take_writers).unwrap_or_default();
        drop(lanes);
        writers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> Default for Fan<E> {
    fn default() -> Self {
        Self(Mutex::new(Lanes { open: true, all: Vec::new() }))
    }
}

impl<E> Lanes<E> {
    fn index_of(&self, seat: &Seat) -> Option<usize> {
        self.all.binary_search_by_key(&seat.id, |lane| lane.seat.id).ok()
    }

    fn get(&mut self, seat: &Seat) -> Option<&mut Lane<E>> {
        let index = self.index_of(seat)?;
        self.all.get_mut(index)
    }
}
