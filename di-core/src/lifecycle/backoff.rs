//! Back-off between restarts of a background task that died.

use std::time::Duration;

/// Exponential back-off: the first restart waits for `initial`, each further one `multiplier` times as long as the one
/// before, and none longer than `max`.
///
/// What counts as a further one is decided by the period of [`Restart`](super::Restart): a task that has lived for so
/// long begins with `initial` again.
///
/// ```
/// use std::time::Duration;
/// use di_core::lifecycle::Backoff;
///
/// let backoff = Backoff { max: Duration::from_secs(1), ..Backoff::default() };
/// let delays: Vec<_> = (0..5).map(|restarts| backoff.delay(restarts).as_millis()).collect();
/// assert_eq!(delays, [100, 200, 400, 800, 1_000]);
/// assert_eq!(Backoff::NONE.delay(7), Duration::ZERO);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the first restart: 100 ms by default.
    pub initial: Duration,
    /// How much longer each further one waits: twice by default.
    pub multiplier: u32,
    /// No restart waits longer: 30 s by default.
    pub max: Duration,
}

impl Backoff {
    /// Every restart is immediate.
    pub const NONE: Self = Self { initial: Duration::ZERO, multiplier: 1, max: Duration::ZERO };

    /// How long the restart waits that comes after so many others.
    pub fn delay(&self, restarts: u32) -> Duration {
        let factor = self.multiplier.checked_pow(restarts).unwrap_or(u32::MAX);
        self.initial.saturating_mul(factor).min(self.max)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { initial: Duration::from_millis(100), multiplier: 2, max: Duration::from_secs(30) }
    }
}
