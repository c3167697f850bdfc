//! How do the services work together: one loop from the venue's messages to log, alerts and summary.

mod error;
mod event_log;
mod event_loop;
mod figures;
mod observer;
mod pace;
mod pipeline;
mod platform;
mod reading;
mod summary;

pub use error::RunError;
pub use event_log::EventLog;
pub use event_loop::EventLoop;
pub use observer::{NoObserver, RunObserver};
pub use platform::Platform;
pub use summary::{Latency, StopReason, Summary};
