//! A mode that an operator has switched.

use crate::model::Timestamp;

/// A mode that was switched while the platform ran, with when and why; it holds until the end of the run. At the next
/// start, one that nobody has taken back is followed by one that leads to what is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeSwitch {
    /// When, by the clock of the machine.
    pub time: Timestamp,
    /// The key of the settings that says the mode at a start: `signals.crossover.mode`.
    pub key: String,
    /// What held before, as TOML: `"on"`, `"off"` or `"shadow"`.
    pub before: String,
    /// What holds from then on, as TOML.
    pub after: String,
    /// Why.
    pub reason: String,
}
