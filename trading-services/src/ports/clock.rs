//! The interfaces of clocks: what reads the time, and what events move it.

use crate::model::Timestamp;

/// A clock. Services never ask the machine: the same events then give the same decisions.
#[di_core::interface]
pub trait IClock {
    /// The current time; never before what it said earlier, except that the machine's own clock may be set back.
    fn now(&self) -> Timestamp;
}

/// A clock that events move. Only the run loop asks for it: who can set the time decides what happens.
#[di_core::interface]
pub trait IEventClock: IClock {
    /// Moves it to the time of an event; an earlier time than the current one has no effect.
    fn advance_to(&self, time: Timestamp);
}
