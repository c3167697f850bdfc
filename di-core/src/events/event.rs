//! Events: values that can be published.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// How many events a topic remembers, and how many a bus returns, unless something else is asked for.
pub const HISTORY: usize = 10_000;

/// A type that is a topic: whoever publishes it reaches whoever subscribes to it, and no name can be misspelt.
///
/// Each queue, each attempt of a closure and the history take a clone of their own, so what is large belongs in an
/// `Arc`. Clones for queues are made while the topic is locked, so `clone` must not use the topic. The bus stamps no time on events, because its publishers have a clock and replays have another one.
///
/// ```
/// use di_core::events::Event;
///
/// #[derive(Debug, Clone)]
/// struct Tick {
///     price: u64,
/// }
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
///     // Nobody asks for past ticks, and there are millions of them.
///     const HISTORY: usize = 0;
/// }
/// ```
pub trait Event: Clone + fmt::Debug + Send + Sync + 'static {
    /// The name in reports, in the history and at a bridge. Give each type a name of its own.
    const TOPIC: &'static str;

    /// How many of the last events are remembered. With zero the history costs nothing at all.
    const HISTORY: usize = HISTORY;
}

/// An event of some topic, for those who ask about all topics at once.
///
/// ```
/// use di_core::events::{Bus, Event};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Filled(u64);
///
/// impl Event for Filled {
///     const TOPIC: &'static str = "order.filled";
/// }
///
/// let bus = Bus::new();
/// bus.topic::<Filled>().publish(Filled(7)).now()?;
/// let past = bus.history();
/// assert_eq!(past[0].event.topic(), "order.filled");
/// assert_eq!(past[0].event.downcast_ref(), Some(&Filled(7)));
/// assert_eq!(format!("{:?}", past[0].event), "Filled(7)");
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[derive(Clone)]
pub struct AnyEvent {
    topic: &'static str,
    event: Arc<dyn Erased>,
}

impl AnyEvent {
    pub(super) fn new<E: Event>(event: E) -> Self {
        Self { topic: E::TOPIC, event: Arc::new(event) }
    }

    /// The name of its topic.
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.topic
    }

    /// The event, if it is an `E`.
    #[must_use]
    pub fn downcast_ref<E: Event>(&self) -> Option<&E> {
        let event: &dyn Any = &*self.event;
        event.downcast_ref()
    }
}

impl fmt::Debug for AnyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)
    }
}

trait Erased: Any + fmt::Debug + Send + Sync {}

impl<E: Event> Erased for E {}
