//! Figures that the monitor keeps of one symbol.

use crate::model::{Symbol, Timestamp};
use crate::ports::SymbolHealth;

/// What the monitor keeps of a symbol.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) events: u64,
    pub(super) last_event: Option<Timestamp>,
    pub(super) lag_nanos: Option<i64>,
    pub(super) is_stale: bool,
    pub(super) gaps: u64,
}

impl Watched {
    pub(super) fn health(&self, symbol: &Symbol) -> SymbolHealth {
        SymbolHealth {
            symbol: symbol.clone(),
            events: self.events,
            last_event: self.last_event,
            lag_nanos: self.lag_nanos,
            is_stale: self.is_stale,
            gaps: self.gaps,
            restarts: 0,
        }
    }
}
