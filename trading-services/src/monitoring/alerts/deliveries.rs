//! The last word of each channel about each alert.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::ports::AlertDelivery;
use crate::sync::lock;

/// What the channels have said, by the number of the alert.
#[derive(Debug)]
pub(super) struct Deliveries {
    /// As many alerts as the history has.
    capacity: usize,
    said: Mutex<BTreeMap<u64, Vec<AlertDelivery>>>,
}

impl Deliveries {
    /// Nothing was said yet.
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, said: Mutex::default() }
    }

    /// Notes the word of a channel in place of its last one; what was delivered once stays delivered.
    pub(super) fn note(&self, alert: u64, word: AlertDelivery) {
        let mut said = lock(&self.said);
        let words = said.entry(alert).or_default();
        match words.iter_mut().find(|known| known.channel == word.channel) {
            Some(known) if known.error.is_none() => {}
            Some(known) => *known = word,
            None => words.push(word),
        }
        while said.len() > self.capacity {
            said.pop_first();
        }
    }

    /// The words about an alert, in the order in which its channels spoke first.
    pub(super) fn of(&self, alert: u64) -> Vec<AlertDelivery> {
        lock(&self.said).get(&alert).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn word(channel: &str, error: Option<&str>) -> AlertDelivery {
        AlertDelivery { channel: channel.to_owned(), time: Timestamp::default(), error: error.map(str::to_owned) }
    }

    #[test]
    fn a_channel_has_one_word_and_what_was_delivered_stays_so() {
        let deliveries = Deliveries::new(10);
        deliveries.note(1, word("webhook", Some("busy")));
        deliveries.note(1, word("log", None));
        deliveries.note(1, word("webhook", Some("gone")));
        assert_eq!(deliveries.of(1), [word("webhook", Some("gone")), word("log", None)]);
        deliveries.note(1, word("webhook", None));
        deliveries.note(1, word("log", Some("too late")));
        assert_eq!(deliveries.of(1), [word("webhook", None), word("log", None)]);
    }

    #[test]
    fn the_oldest_alerts_are_forgotten() {
        let deliveries = Deliveries::new(2);
        (1..=3).for_each(|alert| deliveries.note(alert, word("log", None)));
        assert_eq!([1, 2, 3].map(|alert| deliveries.of(alert).len()), [0, 1, 1]);
    }
}
