//! A publisher for one hot loop.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::{ArcSwap, Cache};

use super::core::{Audience, Core};
use super::event::Event;
use super::publishing::Publishing;

/// A publisher that remembers who listens, and checks with one plain load whether that still holds.
///
/// It needs `&mut self`: each thread or task has its own. Until its next publication it may keep functions alive that
/// no longer observe; nothing is delivered to them.
///
/// ```
/// use di_core::events::{Bus, Event};
///
/// #[derive(Debug, Clone)]
/// struct Tick(u64);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// let _sum = ticks.observe("sum", |tick| assert!(tick.0 < 3));
/// let mut publisher = ticks.publisher();
/// for price in 0..3 {
///     publisher.publish(Tick(price)).now()?;
/// }
/// assert_eq!(ticks.counters().delivered, 3);
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
pub struct Publisher<E: Event> {
    core: Arc<Core<E>>,
    audience: Cache<AudienceRef<E>, Arc<Audience<E>>>,
}

impl<E: Event> Publisher<E> {
    pub(super) fn new(core: Arc<Core<E>>) -> Self {
        Self { audience: Cache::new(AudienceRef(Arc::clone(&core))), core }
    }

    /// As [`Topic::publish`](super::Topic::publish).
    #[inline]
    pub fn publish(&mut self, event: E) -> Publishing {
        self.core.publish(self.audience.load(), event, 0)
    }
}

impl<E: Event> Clone for Publisher<E> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.core))
    }
}

impl<E: Event> fmt::Debug for Publisher<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Publisher({})", E::TOPIC)
    }
}

/// Leads the cache to the audience of a topic.
struct AudienceRef<E: Event>(Arc<Core<E>>);

impl<E: Event> Deref for AudienceRef<E> {
    type Target = ArcSwap<Audience<E>>;

    fn deref(&self) -> &Self::Target {
        &self.0.audience
    }
}
