//! State of the monitor and of each symbol that it watches.

use std::time::Duration;

use crate::model::{InstrumentId, Symbol, Timestamp};
use crate::ports::Confluence;

/// Whether the monitor watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonitorState {
    /// It was not started, or it was stopped.
    Stopped,
    /// It watches and every symbol is fresh.
    Running,
    /// It watches, and at least one symbol is silent or its watch is being restarted.
    Degraded,
}

/// The monitor at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitoringStatus {
    /// Whether it watches.
    pub state: MonitorState,
    /// What it watches, in order of the names.
    pub symbols: Vec<Symbol>,
    /// Since it was started, by the injected clock.
    pub uptime: Duration,
}

/// One watched instrument at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct SymbolHealth {
    /// Which.
    pub instrument: InstrumentId,
    /// Messages since its watch was made.
    pub events: u64,
    /// When something was received last; `None` before the first message.
    pub last_event: Option<Timestamp>,
    /// How long the last message with a venue's time was under way; negative when the clocks disagree. Nanoseconds.
    pub lag_nanos: Option<i64>,
    /// Whether it is silent for longer than `market_data.stale_after`.
    pub is_stale: bool,
    /// Breaks in its chain of depth messages.
    pub gaps: u64,
    /// How often its watch has panicked and was made anew, with all counts from zero.
    pub restarts: u64,
    /// What the points of view on it say together, as of at most a second ago; `None` when there is nothing to go by.
    pub analysis: Option<Confluence>,
}
