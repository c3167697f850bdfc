//! Listeners to changes of health: subscribers and the event bus.

use std::sync::Mutex;

use tokio::sync::broadcast;

use super::change::HealthEvent;
#[cfg(feature = "events")]
use super::change::{HealthChanged, ServiceUnhealthy};
use super::store::locked;
#[cfg(feature = "events")]
use crate::events::{Bus, Topic};

/// How many changes a listener may be behind.
const CHANGES: usize = 1_000;

pub(super) struct Listeners {
    /// Until the application has stopped.
    channel: Mutex<Option<broadcast::Sender<HealthEvent>>>,
    #[cfg(feature = "events")]
    topics: Mutex<Vec<Topics>>,
}

#[cfg(feature = "events")]
#[derive(Clone)]
struct Topics {
    changed: Topic<HealthChanged>,
    unhealthy: Topic<ServiceUnhealthy>,
}

impl Listeners {
    /// A channel of its own for one listener; nothing if nothing will be told any more.
    pub(super) fn listen(&self) -> Option<broadcast::Receiver<HealthEvent>> {
        locked(&self.channel).as_ref().map(broadcast::Sender::subscribe)
    }

    #[cfg(feature = "events")]
    pub(super) fn publish_on(&self, bus: &Bus) {
        let asked = Topics { changed: bus.topic(), unhealthy: bus.topic() };
        let mut topics = locked(&self.topics);
        if !topics.iter().any(|known| known.changed.is(&asked.changed)) {
            topics.push(asked);
        }
    }

    /// Tells everybody, and waits for nobody.
    pub(super) fn tell(&self, event: HealthEvent) {
        match &event {
            HealthEvent::Changed(changed) => {
                tracing::debug!(service = changed.service, from = %changed.from, to = %changed.to, "the health changed");
            }
            HealthEvent::Unhealthy(unhealthy) => {
                tracing::warn!(service = unhealthy.service, errors = ?unhealthy.errors, "unhealthy");
            }
        }
        #[cfg(feature = "events")]
        self.publish(&event);
        if let Some(channel) = &*locked(&self.channel) {
            // An error says that nobody listens.
            let _unheard = channel.send(event);
        }
    }

    #[cfg(feature = "events")]
    fn publish(&self, event: &HealthEvent) {
        // An observer runs in this thread, and may ask for one more bus.
        let topics = locked(&self.topics).clone();
        for topics in topics {
            // A subscriber that has no room misses the event, and the bus counts that.
            let _missed = match event {
                HealthEvent::Changed(changed) => topics.changed.publish(changed.clone()).now(),
                HealthEvent::Unhealthy(unhealthy) => topics.unhealthy.publish(unhealthy.clone()).now(),
            };
        }
    }

    /// Nothing will be told any more.
    pub(super) fn close(&self) {
        *locked(&self.channel) = None;
    }
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            channel: Mutex::new(Some(broadcast::Sender::new(CHANGES))),
            #[cfg(feature = "events")]
            topics: Mutex::default(),
        }
    }
}
