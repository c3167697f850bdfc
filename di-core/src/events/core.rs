//! The subscribers of a topic at the moment at which an event is published.

use std::borrow::Cow;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::counters::Tally;
use super::dead_letters::{DeadLetter, DeadLetters};
use super::event::Event;
use super::history::History;
use super::publishing::Publishing;
use super::queue::{Overflow, Queue, TopicShared};
use super::queue_set::QueueSet;
use crate::panics::caught;

/// One topic: what the bus owns, and what handles point to.
pub(super) struct Core<E: Event> {
    pub(super) audience: ArcSwap<Audience<E>>,
    pub(super) shared: Arc<TopicShared<E>>,
    pub(super) history: Option<History<E>>,
    /// Held by whoever changes the audience; publishers never take it. The next free id; zero is nobody's.
    edit_lock: Mutex<u64>,
}

/// An immutable list of subscribers: a publication sees the one or the other, never half a change.
pub(super) struct Audience<E> {
    open: bool,
    observers: Vec<Arc<Observer<Call<E>>>>,
    pub(super) queues: Vec<Arc<Queue<E>>>,
}

type Call<E> = dyn Fn(&E) + Send + Sync;

/// The function stands last so that it may be unsized: one pointer leads to the name and to the function.
struct Observer<F: ?Sized> {
    id: u64,
    name: Cow<'static, str>,
    call: F,
}

impl<E: Event> Core<E> {
    pub(super) fn new(sequence: Arc<AtomicU64>) -> Self {
        Self {
            audience: ArcSwap::from_pointee(Audience { open: true, observers: Vec::new(), queues: Vec::new() }),
            shared: Arc::new(TopicShared {
                tally: Tally::default(),
                dead: DeadLetters::default(),
                queues: QueueSet::default(),
            }),
            history: (E::HISTORY > 0).then(|| History::new(sequence)),
            edit_lock: Mutex::new(1),
        }
    }

    /// Hands the event to each subscriber but the one of this id.
    #[inline]
    pub(super) fn publish(&self, audience: &Audience<E>, event: E, except: u64) -> Publishing {
        if !audience.open {
            return Publishing::closed();
        }
        if let Some(history) = &self.history {
            history.keep(&event);
        }
        let failed = self.call(&audience.observers, &event);
        self.shared.tally.published(audience.observers.len() as u64 - failed);
        if audience.queues.is_empty() { Publishing::done() } else { self.queue(event, except) }
    }

    /// Apart from `publish`, so that publishing to observers stays small enough to be inlined.
    #[inline(never)]
    fn queue(&self, event: E, except: u64) -> Publishing {
        Publishing::waiting(self.shared.queue(event, except))
    }

    /// Calls each observer, and says how many have panicked. After a panic it goes on with the next one: arming the
    /// catch once for all costs less than once for each.
    #[inline]
    fn call(&self, observers: &[Arc<Observer<Call<E>>>], event: &E) -> u64 {
        let mut rest = observers.iter();
        let mut failed = 0;
        let mut current = None;
        while let Err(panic) = caught(|| {
            for observer in rest.by_ref() {
                current = Some(observer);
                (observer.call)(event);
            }
        }) {
            failed += 1;
            if let Some(observer) = current {
                self.dead_letter(observer.name.clone(), event, &panic);
            }
        }
        failed
    }

    #[cold]
    fn dead_letter(&self, subscriber: Cow<'static, str>, event: &E, panic: &str) {
        self.shared.tally.failed();
        let error = format!("it panicked: {panic}");
        self.shared.dead.put(DeadLetter { event: event.clone(), subscriber, attempts: 1, error });
    }

    pub(super) fn observe(&self, name: Cow<'static, str>, call: impl Fn(&E) + Send + Sync + 'static) -> u64 {
        self.change(|audience, id| {
            audience.observers.push(Arc::new(Observer { id, name, call }));
            id
        })
    }

    pub(super) fn subscribe(&self, name: Cow<'static, str>, overflow: Overflow) -> Arc<Queue<E>> {
        self.change(|audience, id| {
            let queue = Arc::new(Queue::new(id, name, overflow, Arc::clone(&self.shared)));
            if audience.open {
                audience.queues.push(Arc::clone(&queue));
            }
            queue
        })
    }

    pub(super) fn leave(&self, id: u64) {
        self.change(|audience, _| {
            audience.observers.retain(|observer| observer.id != id);
            audience.queues.retain(|queue| queue.cursor.id != id);
        });
    }

    /// Nothing is accepted any more. Subscribers end when they have taken what is queued.
    pub(super) fn close(&self) {
        self.change(|audience, _| {
            audience.open = false;
            audience.observers.clear();
            audience.queues.clear();
        });
        self.shared.queues.close();
    }

    fn change<T>(&self, edit: impl FnOnce(&mut Audience<E>, u64) -> T) -> T {
        let mut next = self.edit_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let mut audience = Audience::clone(&self.audience.load());
        let answer = edit(&mut audience, *next);
        *next += 1;
        let before = self.audience.swap(Arc::new(audience));
        // An observer's function may own a subscription to this very topic: it is dropped when the lock is free.
        drop(next);
        drop(before);
        answer
    }
}

impl<E> Audience<E> {
    /// The names of the observers.
    pub(super) fn observers(&self) -> impl Iterator<Item = &Cow<'static, str>> {
        self.observers.iter().map(|observer| &observer.name)
    }
}

// By hand, because a derived impl would ask for `E: Clone` where only pointers are cloned.
impl<E> Clone for Audience<E> {
    fn clone(&self) -> Self {
        Self { open: self.open, observers: self.observers.clone(), queues: self.queues.clone() }
    }
}
