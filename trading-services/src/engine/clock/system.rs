//! The machine's clock.

use std::time::SystemTime;

use crate::model::Timestamp;
use crate::ports::IClock;

/// The machine's clock, for live venues.
///
/// ```
/// use trading_services::engine::SystemClock;
/// use trading_services::model::Timestamp;
/// use trading_services::ports::IClock;
///
/// assert!(SystemClock.now() > Timestamp::from_nanos(0));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl IClock for SystemClock {
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}
