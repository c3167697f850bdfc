//! The clock of simulations, replays and tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::SystemClock;
use crate::model::Timestamp;
use crate::ports::{IClock, IConfigService, IEventClock, IStateManager, StateError};
use crate::venues::{self, simulated};

/// A clock that stands still until somebody moves it, and that never goes back.
///
/// The run loop moves it to the time of each event, so that every decision depends on events alone.
///
/// ```
/// use trading_services::engine::ManualClock;
/// use trading_services::model::Timestamp;
/// use trading_services::ports::{IClock, IEventClock};
///
/// let clock = ManualClock::default();
/// clock.advance_to(Timestamp::from_nanos(20));
/// clock.advance_to(Timestamp::from_nanos(10));
/// assert_eq!(clock.now(), Timestamp::from_nanos(20));
/// ```
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

#[di_core::service(provides = [IClock, IEventClock])]
impl ManualClock {
    /// A clock that stands where the time of the primary venue begins: both venues bring their own.
    ///
    /// A simulation begins at `simulation.start`, or goes on after the last thing that is kept; a recording begins with its
    /// first event. A live venue goes on after the last thing that is kept, too, unless the machine's clock says that it has
    /// not happened yet.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn of_primary_venue(config: Arc<dyn IConfigService>, kept: Arc<dyn IStateManager>) -> Result<Self, StateError> {
        let venues = config.section::<venues::Settings>();
        match venues.order.first().map(String::as_str) {
            Some("replay") => Ok(Self::default()),
            Some("simulated") => {
                let start = config.section::<simulated::Settings>().start;
                Ok(Self::new(kept.last_time()?.map_or(start, |last| last.max(start))))
            }
            _ => {
                Ok(Self::new(kept.last_time()?.map_or(Timestamp::default(), |last| happened(last, SystemClock.now()))))
            }
        }
    }

    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(AtomicU64::new(start.as_nanos()))
    }
}

/// The last time that is kept, as far as it can be true: the clock could not go back to now.
fn happened(last: Timestamp, now: Timestamp) -> Timestamp {
    if last > now {
        tracing::warn!("the state that is kept goes on until {last}, and it is {now}: the clock begins now");
    }
    last.min(now)
}

impl IEventClock for ManualClock {
    fn advance_to(&self, time: Timestamp) {
        self.0.fetch_max(time.as_nanos(), Ordering::AcqRel);
    }
}

impl IClock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_of_a_live_venue_goes_on_after_what_is_kept_unless_that_has_not_happened_yet() {
        let at = |seconds: u64| Timestamp::from_nanos(seconds * 1_000_000_000);
        assert_eq!(happened(at(5), at(9)), at(5));
        assert_eq!(happened(at(9), at(5)), at(5));
    }
}
