//! Subscriptions of observers, which last as long as their handle.

use std::fmt;
use std::sync::Weak;

use super::core::Core;
use super::event::Event;

/// An observer hears of events until this is dropped.
///
/// ```
/// use di_core::events::{Bus, Event};
///
/// #[derive(Debug, Clone)]
/// struct Tick;
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// ticks.observe("metrics", |_| {}).for_ever();
/// ticks.publish(Tick).now()?;
/// assert_eq!(ticks.counters().delivered, 1);
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[must_use = "the observer hears nothing once this is dropped; `.for_ever()` keeps it as long as the bus is open"]
pub struct Subscription {
    topic: Option<Weak<dyn Leave>>,
    id: u64,
}

impl Subscription {
    pub(super) fn new(topic: Weak<dyn Leave>, id: u64) -> Self {
        Self { topic: Some(topic), id }
    }

    /// Listens until the bus is closed.
    pub fn for_ever(mut self) {
        self.topic = None;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(topic) = self.topic.take().and_then(|topic| topic.upgrade()) {
            topic.leave(self.id);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subscription({})", self.id)
    }
}

/// A topic of any event, as one that leaves sees it.
pub(super) trait Leave: Send + Sync {
    fn leave(&self, id: u64);
}

impl<E: Event> Leave for Core<E> {
    fn leave(&self, id: u64) {
        Self::leave(self, id);
    }
}
