//! All topics of the live page, and who looks at which.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Notify, watch};

use super::topic::Topic;
use crate::sync::lock;

/// How long after one viewer the next one is told.
const TURN: Duration = Duration::from_millis(5);

/// So many turns there are: they end before the next round.
const TURNS: u32 = 40;

/// The topics, for many viewers. A viewer has no queue here: each asks for what is newer than what it has, when it has room
/// for it, so that a slow one gets less often what is the same in the end.
#[derive(Debug)]
pub(in crate::api) struct Hub {
    topics: Mutex<BTreeMap<String, Entry>>,
    /// The highest number of a topic that was forgotten: a new one goes on after it, so that no number means two states.
    forgotten: AtomicU64,
    /// Counts the rounds in which the services were asked.
    beats: AtomicU64,
    /// Counts the rounds in which something was published.
    published: watch::Sender<u64>,
    /// Somebody looks at something that nobody looked at.
    wanted: Notify,
    /// Counts the viewers, each of which has a turn.
    turns: AtomicU32,
}

#[derive(Debug)]
struct Entry {
    topic: Topic,
    viewers: usize,
    /// What was written for viewers who have all seen the same: most have.
    written: BTreeMap<Option<u64>, Utf8Bytes>,
}

impl Hub {
    /// Changes a topic, which is made by `new` when there is none.
    pub(super) fn change(&self, name: &str, new: fn() -> Topic, change: impl FnOnce(&mut Topic)) {
        let mut topics = lock(&self.topics);
        if !topics.contains_key(name) {
            let topic = new().after(self.forgotten.load(Ordering::Relaxed));
            topics.insert(name.to_owned(), Entry { topic, viewers: 0, written: BTreeMap::new() });
        }
        let Some(entry) = topics.get_mut(name) else { return };
        let before = entry.topic.sequence();
        change(&mut entry.topic);
        if entry.topic.sequence() != before {
            entry.written.clear();
        }
    }

    /// Forgets the topics that nobody looks at and that `is_kept` does not name.
    pub(super) fn forget(&self, is_kept: impl Fn(&str) -> bool) {
        lock(&self.topics).retain(|name, entry| {
            let stays = entry.viewers > 0 || is_kept(name);
            if !stays {
                self.forgotten.fetch_max(entry.topic.sequence(), Ordering::Relaxed);
            }
            stays
        });
    }

    /// Notes that the services were asked.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the services were asked: as long as it rises, what is shown is current.
    pub(super) fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    /// Tells viewers that there is something new.
    pub(super) fn publish(&self) {
        self.published.send_modify(|rounds| *rounds += 1);
    }

    /// The topics that somebody looks at.
    pub(super) fn looked_at(&self) -> Vec<String> {
        let topics = lock(&self.topics);
        topics.iter().filter(|(_, entry)| entry.viewers > 0).map(|(name, _)| name.clone()).collect()
    }

    /// Waits until somebody looks at something new.
    pub(super) async fn until_wanted(&self) {
        self.wanted.notified().await;
    }

    /// Is told of each round from now on.
    pub(super) fn rounds(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// How long after each round the next viewer is told: viewers who are told one after the other leave the processors to the
    /// pipeline in between. The first one is told at once.
    pub(super) fn turn(&self) -> Duration {
        TURN * (self.turns.fetch_add(1, Ordering::Relaxed) % TURNS)
    }

    /// Somebody looks at a topic from now on.
    pub(super) fn enter(&self, name: &str, new: fn() -> Topic) {
        self.change(name, new, |_| {});
        if let Some(entry) = lock(&self.topics).get_mut(name) {
            entry.viewers += 1;
        }
        self.wanted.notify_one();
    }

    /// And looks no more.
    pub(super) fn leave(&self, name: &str) {
        if let Some(entry) = lock(&self.topics).get_mut(name) {
            entry.viewers = entry.viewers.saturating_sub(1);
        }
    }

    /// What is newer in a topic than `seen`, written, with its number.
    pub(super) fn since(&self, name: &str, seen: Option<u64>) -> Option<(u64, Utf8Bytes)> {
        let mut topics = lock(&self.topics);
        let Entry { topic, written, .. } = topics.get_mut(name)?;
        // Nothing was said of it yet, and that is no state.
        if topic.is_blank() || seen == Some(topic.sequence()) {
            return None;
        }
        if let Some(text) = written.get(&seen) {
            return Some((topic.sequence(), text.clone()));
        }
        let text: Utf8Bytes = serde_json::to_string(&topic.since(name, seen)?).ok()?.into();
        written.insert(seen, text.clone());
        Some((topic.sequence(), text))
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            topics: Mutex::default(),
            forgotten: AtomicU64::new(0),
            beats: AtomicU64::new(0),
            published: watch::Sender::new(0),
            wanted: Notify::new(),
            turns: AtomicU32::new(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_who_have_seen_the_same_share_what_is_written_until_something_changes() {
        let hub = Hub::default();
        hub.change("t", Topic::of_fields, |topic| topic.set(&serde_json::json!({"a": 1})));
        let (first, second) = (hub.since("t", None).unwrap().1, hub.since("t", None).unwrap().1);
        assert_eq!(first.as_ptr(), second.as_ptr());
        hub.change("t", Topic::of_fields, |topic| topic.set(&serde_json::json!({"a": 2})));
        assert!(hub.since("t", None).unwrap().1.contains("\"a\":2"));
        assert!(hub.since("t", Some(2)).is_none());
    }

    #[test]
    fn a_topic_that_nobody_looks_at_any_more_is_forgotten() {
        let hub = Hub::default();
        hub.enter("t", Topic::of_fields);
        hub.forget(|_| false);
        assert_eq!(hub.looked_at(), ["t"]);
        hub.leave("t");
        hub.forget(|_| false);
        hub.change("u", Topic::of_fields, |_| {});
        assert!(hub.looked_at().is_empty() && hub.since("t", None).is_none());
    }

    #[test]
    fn who_comes_back_to_a_topic_that_was_forgotten_meanwhile_gets_all_of_it() {
        for new in [|| Topic::of_rows(9), Topic::of_fields] {
            let hub = Hub::default();
            let put = |count: u64| {
                hub.change("t", new, |topic| {
                    for number in 0..count {
                        topic.put(&number.to_string(), &number);
                        topic.set(&serde_json::json!({ "number": number }));
                    }
                });
            };
            put(3);
            let (seen, _) = hub.since("t", None).unwrap();
            hub.forget(|_| false);
            for count in [1, 5] {
                put(count);
                let (number, text) = hub.since("t", Some(seen)).unwrap();
                assert!(number > seen && text.contains("snapshot"), "{count}: {text}");
            }
        }
    }
}
