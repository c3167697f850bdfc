//! How do the services work together: one loop from the venue's messages to log, alerts and summary.

mod delivery;
mod error;
mod event_log;
mod observer;
mod pace;
mod pipeline;
mod platform;
mod run_loop;
mod stop;
mod summary;

pub use error::RunError;
pub use event_log::EventLog;
pub use observer::{NoObserver, RunObserver};
pub use platform::Platform;
pub use run_loop::{RunOptions, RunReport, run};
pub use stop::{StopHandle, StopReason, StopSignal, stop_signal};
pub use summary::{Latency, Summary};
