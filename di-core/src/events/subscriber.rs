//! Subscribers, from which a task or a thread takes its events.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Weak};

use super::blocking::block_on;
use super::buffer::Batch;
use super::core::Core;
use super::delivery;
use super::event::Event;
use super::handler::Handler;
use super::queue::Queue;
use super::retry::Retry;

/// A queue of events. It ends once the bus is closed or gone and what had been queued is taken.
///
/// An event that is taken counts as delivered. Dropping the subscriber counts what it leaves behind as lagged. See
/// [`Topic::subscribe`](super::Topic::subscribe) for an example.
#[must_use = "what is dropped hears nothing"]
pub struct Subscriber<E: Event> {
    topic: Weak<Core<E>>,
    pub(super) queue: Arc<Queue<E>>,
    batch: Batch<E>,
}

impl<E: Event> Subscriber<E> {
    pub(super) fn new(topic: Weak<Core<E>>, queue: Arc<Queue<E>>) -> Self {
        Self { topic, queue, batch: Batch::default() }
    }

    /// The next event; `None` at the end. Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<E> {
        let event = self.take().await?;
        self.queue.guard().delivered();
        Some(event)
    }

    /// The next event, if there is one already.
    pub fn try_next(&mut self) -> Option<E> {
        let event = self.queue.shared.queues.pop(&self.queue.cursor, &mut self.batch)?;
        self.queue.guard().delivered();
        Some(event)
    }

    /// The next event, blocking this thread until there is one; `None` at the end. Not for async code, whose other
    /// tasks it would stop.
    pub fn blocking_next(&mut self) -> Option<E> {
        block_on(self.next())
    }

    /// Handles one event after the other until the end, with the retries of [`Retry::default`].
    ///
    /// The future does nothing until it is awaited or spawned, but its events are queued already. Give it to whoever
    /// supervises tasks; dropped, it leaves the topic.
    ///
    /// ```
    /// # use di_core::error::BoxError;
    /// # use di_core::events::{Bus, Event, Overflow};
    /// # #[derive(Debug, Clone)]
    /// # struct Tick(u64);
    /// # impl Event for Tick { const TOPIC: &'static str = "market.tick"; }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bus = Bus::new();
    /// let ticks = bus.topic::<Tick>();
    /// let alerting = ticks.subscribe("alerts", Overflow::DropOldest(64)).handle(async |tick: Tick| -> Result<(), BoxError> {
    ///     if tick.0 == 0 { Err("a price of zero".into()) } else { Ok(()) }
    /// });
    /// let alerting = tokio::spawn(alerting);
    /// ticks.publish(Tick(0)).await?;
    /// bus.close();
    /// alerting.await?;
    /// assert_eq!(ticks.dead_letters()[0].attempts, 4);
    /// # Ok(())
    /// # }
    /// ```
    pub fn handle(self, handler: impl Handler<E>) -> impl Future<Output = ()> + Send + 'static {
        self.handle_with(Retry::default(), handler)
    }

    /// As [`handle`](Self::handle), with other retries.
    pub fn handle_with(self, retry: Retry, handler: impl Handler<E>) -> impl Future<Output = ()> + Send + 'static {
        delivery::deliver(self, retry, handler)
    }

    /// As [`handle_with`](Self::handle_with), but it also ends once `stop` is ready and nothing is queued.
    ///
    /// This is for a service that handles between its start and its stop: it keeps the subscriber, so that nothing is
    /// lost when it is started again. Only the waiting for an event is cut short by `stop`, never a handler. Dropped
    /// half-way, the future counts one event as lagged, the one that was being handled.
    ///
    /// ```
    /// # use di_core::error::BoxError;
    /// # use di_core::events::{Bus, Event, Overflow, Retry};
    /// # #[derive(Debug, Clone)]
    /// # struct Tick(u64);
    /// # impl Event for Tick { const TOPIC: &'static str = "market.tick"; }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bus = Bus::new();
    /// let ticks = bus.topic::<Tick>();
    /// let mut journal = ticks.subscribe("journal", Overflow::Wait(64));
    /// let write = async |_: Tick| -> Result<(), BoxError> { Ok(()) };
    ///
    /// ticks.publish(Tick(1)).await?;
    /// journal.handle_until(async {}, Retry::NEVER, &write).await;
    /// assert_eq!(ticks.counters().delivered, 1);
    ///
    /// ticks.publish(Tick(2)).await?;
    /// assert_eq!(journal.queued(), 1, "the bus is open, and the journal listens on");
    /// # Ok(())
    /// # }
    /// ```
    pub fn handle_until(
        &mut self,
        stop: impl Future<Output = ()> + Send,
        retry: Retry,
        handler: &impl Handler<E>,
    ) -> impl Future<Output = ()> + Send {
        delivery::deliver_until(stop, self, retry, handler)
    }

    /// How many events it did not get since it was too slow.
    #[must_use]
    pub fn lagged(&self) -> u64 {
        self.queue.cursor.lagged()
    }

    /// How many events it may take without waiting.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queue.shared.queues.queued(&self.queue.cursor)
    }

    /// The next event, not counted yet.
    pub(super) async fn take(&mut self) -> Option<E> {
        let Self { queue, batch, .. } = self;
        poll_fn(|context| queue.shared.queues.poll_pop(&queue.cursor, batch, context)).await
    }
}

impl<E: Event> Drop for Subscriber<E> {
    fn drop(&mut self) {
        if let Some(topic) = self.topic.upgrade() {
            topic.leave(self.queue.cursor.id);
        }
        let shared = &self.queue.shared;
        shared.tally.lagged(shared.queues.leave(&self.queue.cursor, &mut self.batch));
    }
}

impl<E: Event> fmt::Debug for Subscriber<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subscriber({:?} of {})", self.queue.name, E::TOPIC)
    }
}
