//! Alerts of earlier runs, and what is still owed of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ports::{Alert, AlertDelivery, StateFact};

/// What is kept of alerts.
#[derive(Debug, Default)]
pub(super) struct Restored {
    /// By number, and so in the order in which they were raised.
    pub(super) alerts: BTreeMap<u64, Alert>,
    pub(super) acknowledged: BTreeSet<u64>,
    /// The last words about them.
    pub(super) words: Vec<(u64, AlertDelivery)>,
}

impl Restored {
    /// Finds the alerts among all that is kept.
    pub(super) fn of(facts: &[StateFact]) -> Self {
        let mut found = Self::default();
        for fact in facts {
            match fact {
                StateFact::Raised { alert, .. } => drop(found.alerts.insert(alert.id, (**alert).clone())),
                StateFact::Delivered { alert, channel, time, error } => {
                    let (channel, error) = ((*channel).to_owned(), error.clone());
                    found.words.push((*alert, AlertDelivery { channel, time: *time, error }));
                }
                StateFact::Acknowledged { alert, .. } => drop(found.acknowledged.insert(*alert)),
                _ => {}
            }
        }
        found
    }

    /// The number after the last one.
    pub(super) fn next_id(&self) -> u64 {
        self.alerts.last_key_value().map_or(0, |(id, _)| id.saturating_add(1))
    }

    /// The alerts that were due by that channel, and about which it has not said a word: the platform was killed, stopped before
    /// it was their turn, or too many waited.
    pub(super) fn pending(&self, channel: &str) -> impl Iterator<Item = &Alert> {
        let is_due = move |word: &AlertDelivery| word.channel == channel && word.is_pending();
        let due = self.words.iter().filter(move |(_, word)| is_due(word));
        due.filter_map(|(id, _)| self.alerts.get(id))
    }
}
