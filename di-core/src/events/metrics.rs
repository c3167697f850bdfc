//! Metrics of the bus, for whatever recorder the program installs.

use metrics::{counter, gauge};

use super::bus::Bus;

impl Bus {
    /// Sets the metrics of the bus to its counters, for the recorder that the program has installed.
    ///
    /// A publication costs nothing for it: the bus counts anyway, and this is to be called when the metrics are read, at
    /// each scrape or every few seconds.
    ///
    /// | metric | kind | labels | |
    /// | --- | --- | --- | --- |
    /// | `di_events_published_total` | counter | `topic` | events that the topic accepted |
    /// | `di_events_delivered_total` | counter | `topic` | deliveries that ended well |
    /// | `di_events_failed_total` | counter | `topic` | deliveries that ended in the dead letters |
    /// | `di_events_lagged_total` | counter | `topic` | deliveries that did not happen |
    /// | `di_events_queued` | gauge | `topic`, `subscriber` | events that the subscriber has not taken yet |
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
    /// bus.topic::<Tick>().publish(Tick).now()?;
    /// bus.record_metrics(); // di_events_published_total{topic="market.tick"} 1
    /// # Ok::<(), di_core::events::PublishError>(())
    /// ```
    pub fn record_metrics(&self) {
        for topic in self.topics() {
            let (name, counters) = (topic.name, topic.counters);
            counter!("di_events_published_total", "topic" => name).absolute(counters.published);
            counter!("di_events_delivered_total", "topic" => name).absolute(counters.delivered);
            counter!("di_events_failed_total", "topic" => name).absolute(counters.failed);
            counter!("di_events_lagged_total", "topic" => name).absolute(counters.lagged);
            for queue in topic.queues {
                // A gauge is a float; a queue is far shorter than what that can tell apart.
                let queued = u32::try_from(queue.queued).map_or(f64::from(u32::MAX), f64::from);
                gauge!("di_events_queued", "topic" => name, "subscriber" => queue.name).set(queued);
            }
        }
    }
}
