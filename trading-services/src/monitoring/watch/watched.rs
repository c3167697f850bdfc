//! Figures that the monitor keeps of one instrument.

use crate::model::{InstrumentId, Timestamp};
use crate::ports::SymbolHealth;

/// What the monitor keeps of a instrument.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) events: u64,
    pub(super) last_event: Option<Timestamp>,
    pub(super) lag_nanos: Option<i64>,
    pub(super) is_stale: bool,
    /// Whether its book waits for a snapshot, and that was told.
    pub(super) book_waits: bool,
    pub(super) gaps: u64,
}

impl Watched {
    /// Notes whether the instrument is stale and whether its book waits; returns what held before.
    pub(super) fn replace(&mut self, is_stale: bool, book_waits: bool) -> (bool, bool) {
        (std::mem::replace(&mut self.is_stale, is_stale), std::mem::replace(&mut self.book_waits, book_waits))
    }

    pub(super) fn health(&self, instrument: &InstrumentId) -> SymbolHealth {
        SymbolHealth {
            instrument: instrument.clone(),
            events: self.events,
            last_event: self.last_event,
            lag_nanos: self.lag_nanos,
            is_stale: self.is_stale,
            gaps: self.gaps,
            restarts: 0,
            analysis: None,
        }
    }
}
