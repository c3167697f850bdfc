//! The last trades of one instrument.

use std::collections::VecDeque;

use crate::model::Trade;

/// So many are kept.
const KEPT: usize = 100;

/// The last trades, the oldest of which makes room for the newest. It has all its memory before the first one.
#[derive(Debug)]
pub(super) struct Tape(VecDeque<Trade>);

impl Tape {
    /// Adds the newest.
    pub(super) fn push(&mut self, trade: &Trade) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(trade.clone());
    }

    /// The last ones, oldest first.
    pub(super) fn last(&self, limit: usize) -> Vec<Trade> {
        self.0.iter().skip(self.0.len().saturating_sub(limit)).cloned().collect()
    }
}

impl Default for Tape {
    fn default() -> Self {
        Self(VecDeque::with_capacity(KEPT))
    }
}
