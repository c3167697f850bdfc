//! The clock of simulations, replays and tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// first event.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn of_primary_venue(config: Arc<dyn IConfigService>, kept: Arc<dyn IStateManager>) -> Result<Self, StateError> {
        let is_replay = config.section::<venues::Settings>().order.first().is_some_and(|name| name == "replay");
        if is_replay {
            return Ok(Self::default());
        }
        let start = config.section::<simulated::Settings>().start;
        Ok(Self::new(kept.last_time()?.map_or(start, |last| last.max(start))))
    }

    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(AtomicU64::new(start.as_nanos()))
    }
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
