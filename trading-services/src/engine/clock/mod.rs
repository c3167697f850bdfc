//! Clocks: the machine's, and one that events or tests move.

mod manual;
mod system;

pub use manual::ManualClock;
pub use system::SystemClock;
