//! The event bus as JSON: subscribers, queues, last events, dead letters.

use di_core::events::{DeadLetter, IEventBus, QueueReport, TopicReport};
use serde::Serialize;

use super::EventTail;
use super::event_tail::EventView;
use crate::ports::Alert;

/// So many dead letters are shown, the last ones of each topic; the bus keeps more.
const SHOWN: usize = 100;

/// The bus, as an operator sees it.
#[derive(Serialize)]
pub(super) struct Events {
    topics: Vec<TopicView>,
    /// What was told last, the oldest first.
    last: Vec<EventView>,
}

#[derive(Serialize)]
struct TopicView {
    topic: &'static str,
    published: u64,
    delivered: u64,
    failed: u64,
    lagged: u64,
    /// Who is called in the publisher's thread.
    observers: Vec<String>,
    /// Who has a queue.
    queues: Vec<QueueView>,
    /// What failed for good, the oldest first.
    dead_letters: Vec<LetterView>,
}

#[derive(Serialize)]
struct QueueView {
    subscriber: String,
    queued: usize,
    lagged: u64,
}

#[derive(Serialize)]
struct LetterView {
    /// The number of the alert, and when it was raised by the clock of messages; `null` for events of other topics.
    alert: Option<u64>,
    time: Option<String>,
    subscriber: String,
    attempts: u32,
    error: String,
    /// As the program prints it.
    event: String,
}

impl Events {
    pub(super) fn of(bus: &dyn IEventBus, told: &EventTail) -> Self {
        // The counts first: a failure that is counted has its letter.
        let (topics, letters) = (bus.topics(), bus.dead_letters());
        Self { topics: topics.into_iter().map(|report| TopicView::of(report, &letters)).collect(), last: told.last() }
    }
}

impl TopicView {
    fn of(report: TopicReport, letters: &[DeadLetter]) -> Self {
        let (topic, counters) = (report.name, report.counters);
        let own: Vec<_> = letters.iter().filter(|letter| letter.event.topic() == topic).collect();
        let last = &own[own.len().saturating_sub(SHOWN)..];
        Self {
            topic,
            published: counters.published,
            delivered: counters.delivered,
            failed: counters.failed,
            lagged: counters.lagged,
            observers: report.observers.into_iter().map(Into::into).collect(),
            queues: report.queues.into_iter().map(QueueView::of).collect(),
            dead_letters: last.iter().map(|letter| LetterView::of(letter)).collect(),
        }
    }
}

impl QueueView {
    fn of(QueueReport { name, queued, lagged }: QueueReport) -> Self {
        Self { subscriber: name.into(), queued, lagged }
    }
}

impl LetterView {
    fn of(letter: &DeadLetter) -> Self {
        let DeadLetter { event, subscriber, attempts, error } = letter;
        let (subscriber, error, alert) = (subscriber.to_string(), error.clone(), event.downcast_ref::<Alert>());
        let (alert, time) = (alert.map(|alert| alert.id), alert.map(|alert| alert.time.to_string()));
        Self { alert, time, subscriber, attempts: *attempts, error, event: format!("{event:?}") }
    }
}
