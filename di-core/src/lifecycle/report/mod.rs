//! Reports on a start and on a stop.

mod path;
mod start;
mod stop;
mod table;

pub(super) use path::{Entry, critical_path};
pub use start::{ServiceStart, StartReport, StartResult};
pub use stop::{ServiceStop, StopReport, StopResult};
