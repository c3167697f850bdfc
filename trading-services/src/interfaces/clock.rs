//! How late is it.

use crate::domain::Timestamp;

/// A clock. Services never ask the machine: the same events then give the same decisions.
pub trait IClock: Send + Sync + 'static {
    /// The current time; never before what it said earlier, except that the machine's own clock may be set back.
    fn now(&self) -> Timestamp;
}
