//! Handlers of events, each in a task of its own.

use std::future::Future;
use std::sync::Arc;

use super::event::Event;
use crate::error::BoxError;

/// Handles the events of a topic, one after the other. An error or a panic is retried; see [`Retry`](super::Retry).
///
/// A service implements it, and a closure that takes a clone of the event is one already.
///
/// ```
/// use std::sync::Arc;
/// use di_core::error::BoxError;
/// use di_core::events::{Bus, Event, Handler, Overflow};
///
/// #[derive(Debug, Clone)]
/// struct Tick(u64);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// struct Journal;
///
/// impl Handler<Tick> for Journal {
///     async fn handle(&self, tick: &Tick) -> Result<(), BoxError> {
///         if tick.0 == 0 { Err("a price of zero".into()) } else { Ok(()) }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// let written = ticks.subscribe("journal", Overflow::Wait(64)).handle(Arc::new(Journal));
/// ticks.publish(Tick(7)).await?;
/// ticks.publish(Tick(0)).await?;
/// bus.close();
/// written.await;
/// assert_eq!((ticks.counters().delivered, ticks.counters().failed), (1, 1));
/// assert_eq!(ticks.dead_letters()[0].error, "a price of zero");
/// # Ok(())
/// # }
/// ```
pub trait Handler<E: Event>: Send + Sync + 'static {
    /// Handles one event. It may be asked again for the same event after an error.
    fn handle(&self, event: &E) -> impl Future<Output = Result<(), BoxError>> + Send;
}

impl<E, F, R> Handler<E> for F
where
    E: Event,
    F: Fn(E) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), BoxError>> + Send,
{
    fn handle(&self, event: &E) -> impl Future<Output = Result<(), BoxError>> + Send {
        self(event.clone())
    }
}

impl<E: Event, H: Handler<E>> Handler<E> for Arc<H> {
    fn handle(&self, event: &E) -> impl Future<Output = Result<(), BoxError>> + Send {
        H::handle(self, event)
    }
}
