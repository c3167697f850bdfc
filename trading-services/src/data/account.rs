//! Counts of what was not understood, by the venue's own name of its kind.

use std::collections::BTreeMap;

use crate::model::NotTaken;

/// So many names are told apart; the rest are counted together.
const MAX_NAMES: usize = 100;
/// The name of the rest.
const OTHERS: &str = "others";

/// How many messages of each kind were not understood.
#[derive(Debug, Clone, Default)]
pub(super) struct Kinds(BTreeMap<String, u64>);

impl Kinds {
    pub(super) fn count(&mut self, not_taken: &NotTaken) {
        let name = not_taken.kind.as_deref().unwrap_or("unnamed");
        let is_told_apart = self.0.contains_key(name) || self.0.len() < MAX_NAMES;
        *self.0.entry(if is_told_apart { name } else { OTHERS }.to_owned()).or_insert(0) += 1;
    }

    pub(super) fn all(&self) -> BTreeMap<String, u64> {
        self.0.clone()
    }
}
