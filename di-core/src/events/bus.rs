//! The event bus: its topics, and what an operator may ask about all of them.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::core::Core;
use super::counters::Counters;
use super::dead_letters::DeadLetter;
use super::event::{Event, HISTORY};
use super::history::{Recorded, merge};
use super::report::{AnyTopic, TopicReport};
use super::topic::Topic;
use crate::error::BoxError;
use crate::service::Close;
use crate::{interface, service};

/// The event bus, for services that do not want to know which one.
///
/// A service that publishes or subscribes takes an `Arc<Topic<E>>` instead: then the container checks that the topic is
/// there. This interface is for those who watch the bus, or open topics that they learn of at run time.
///
/// ```
/// use std::sync::Arc;
/// use di_core::events::{Bus, Event, IEventBus};
/// use di_core::{container, service};
///
/// #[derive(Debug, Clone)]
/// struct Tick;
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// #[service]
/// pub struct Monitor {
///     bus: Arc<dyn IEventBus>,
/// }
///
/// #[container]
/// pub struct App {
///     bus: Bus,
///     monitor: Monitor,
/// }
///
/// let app = App::build(AppInputs {});
/// let bus: &dyn IEventBus = &*app.get::<Monitor>().bus;
/// bus.topic::<Tick>().publish(Tick).now()?;
/// assert_eq!(bus.counters().published, 1);
/// assert_eq!(bus.topics()[0].name, "market.tick");
/// # Ok::<(), di_core::events::PublishError>(())
/// ```
#[interface]
pub trait IEventBus {
    /// The bus behind it.
    fn bus(&self) -> &Bus;

    /// Each topic that somebody has asked for, in the order of their names.
    fn topics(&self) -> Vec<TopicReport> {
        self.bus().topics()
    }

    /// The counts of all topics together.
    fn counters(&self) -> Counters {
        self.bus().counters()
    }

    /// The last 10,000 events of all topics, oldest first.
    fn history(&self) -> Vec<Recorded> {
        self.bus().history()
    }

    /// The last events of the topic of this name, oldest first.
    fn history_of(&self, topic: &str) -> Vec<Recorded> {
        self.bus().history_of(topic)
    }

    /// What could not be delivered, by topic in the order of their names, oldest first in each.
    fn dead_letters(&self) -> Vec<DeadLetter> {
        self.bus().dead_letters()
    }

    /// Ends it: see [`Bus::close`].
    fn close(&self) {
        self.bus().close();
    }
}

impl dyn IEventBus {
    /// The topic of `E`, made at the first call.
    #[must_use]
    pub fn topic<E: Event>(&self) -> Topic<E> {
        self.bus().topic()
    }
}

/// Owns the topics. Dropped or closed, it ends them all.
///
/// ```
/// use di_core::events::{Bus, Event, Overflow, PublishError};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Tick(u64);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// let bus = Bus::new();
/// let ticks = bus.topic::<Tick>();
/// let mut journal = ticks.subscribe("journal", Overflow::Wait(8));
/// ticks.publish(Tick(1)).now()?;
/// drop(bus);
/// assert_eq!(ticks.publish(Tick(2)).now(), Err(PublishError::Closed));
/// assert_eq!((journal.blocking_next(), journal.blocking_next()), (Some(Tick(1)), None));
/// # Ok::<(), PublishError>(())
/// ```
pub struct Bus {
    registry: Mutex<Registry>,
    sequence: Arc<AtomicU64>,
}

struct Registry {
    open: bool,
    topics: HashMap<TypeId, Arc<dyn AnyTopic>>,
}

#[service(close, provides = IEventBus)]
impl Bus {
    /// A bus without topics.
    #[constructor]
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry { open: true, topics: HashMap::new() };
        Self { registry: Mutex::new(registry), sequence: Arc::default() }
    }
}

impl Bus {
    /// The topic of `E`, made at the first call. Look it up once: what you keep is a handle.
    #[must_use]
    pub fn topic<E: Event>(&self) -> Topic<E> {
        let mut registry = self.lock();
        let open = registry.open;
        let topic = registry.topics.entry(TypeId::of::<E>()).or_insert_with(|| self.make::<E>(open));
        let topic: Arc<dyn Any + Send + Sync> = Arc::clone(topic) as _;
        // The key is the type, so that the cast does not fail; a new core would be as unknown to others as this one.
        Topic::new(topic.downcast().unwrap_or_else(|_| Arc::new(Core::new(Arc::clone(&self.sequence)))))
    }

    /// Each topic that somebody has asked for, in the order of their names.
    #[must_use]
    pub fn topics(&self) -> Vec<TopicReport> {
        self.all().iter().map(|topic| topic.report()).collect()
    }

    /// The counts of all topics together.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.all().iter().fold(Counters::default(), |sum, topic| sum + topic.counters())
    }

    /// The last 10,000 events of all topics, oldest first.
    #[must_use]
    pub fn history(&self) -> Vec<Recorded> {
        merge(self.all().iter().map(|topic| topic.history()), HISTORY)
    }

    /// The last events of the topic of this name, oldest first.
    #[must_use]
    pub fn history_of(&self, topic: &str) -> Vec<Recorded> {
        let named = self.all().into_iter().filter(|one| one.name() == topic);
        merge(named.map(|topic| topic.history()), usize::MAX)
    }

    /// What could not be delivered, by topic in the order of their names, oldest first in each.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.all().iter().flat_map(|topic| topic.dead_letters()).collect()
    }

    /// Accepts no more events. Subscribers take what is queued and end; who waits for room is told at once, and what
    /// it could not deliver counts as lagged. Counters, history and dead letters can still be asked for.
    pub fn close(&self) {
        self.lock().open = false;
        for topic in self.all() {
            topic.close();
        }
    }

    fn make<E: Event>(&self, open: bool) -> Arc<dyn AnyTopic> {
        let core = Core::<E>::new(Arc::clone(&self.sequence));
        if !open {
            core.close();
        }
        Arc::new(core)
    }

    fn all(&self) -> Vec<Arc<dyn AnyTopic>> {
        let mut topics: Vec<_> = self.lock().topics.values().cloned().collect();
        topics.sort_by_key(|topic| topic.name());
        topics
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IEventBus for Bus {
    fn bus(&self) -> &Bus {
        self
    }
}

impl Close for Bus {
    fn close(&self) -> Result<(), BoxError> {
        Self::close(self);
        Ok(())
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        Self::close(self);
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().iter().map(|topic| topic.name())).finish()
    }
}
