//! How late is it by the machine's clock.

use std::time::SystemTime;

use crate::domain::Timestamp;
use crate::interfaces::IClock;

/// The machine's clock, for live venues.
///
/// ```
/// use trading_services::{IClock, SystemClock, Timestamp};
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
