//! Which clocks are there: the system's, and one that is moved by hand or by events.

mod manual;
mod system;

pub use manual::ManualClock;
pub use system::SystemClock;
