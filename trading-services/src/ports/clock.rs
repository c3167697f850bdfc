//! The interface of clocks.

use crate::model::Timestamp;

/// A clock. Services never ask the machine: the same events then give the same decisions.
#[di_core::interface]
pub trait IClock {
    /// The current time; never before what it said earlier, except that the machine's own clock may be set back.
    fn now(&self) -> Timestamp;
}
