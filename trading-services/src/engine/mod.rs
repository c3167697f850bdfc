//! The run: one loop from a venue's messages to log, alerts and summary; and the direct way from a venue to its books.

pub mod backtest;
mod clock;
mod condition;
mod error;
mod event_log;
mod event_loop;
mod failover;
#[cfg(test)]
mod failover_tests;
mod job_thread;
mod news;
mod observer;
mod opening;
mod pace;
mod pipeline;
mod platform;
pub mod report;
mod run_metrics;
mod run_session;
mod settings;
mod snapshots;
mod speed;
mod summary;
mod time_guard;
pub mod trading;
mod venue_book;

pub use clock::{ManualClock, SystemClock};
pub use error::RunError;
pub use event_log::EventLog;
pub use event_loop::EventLoop;
pub use news::News;
pub use observer::{IRunObserver, NoObserver};
pub use platform::Platform;
pub use report::{ReportJobs, ReportingService};
pub use settings::Settings;
pub use speed::{Speed, SpeedError};
pub use summary::{Latency, StopReason, Summary, TradingFigures};
pub use trading::{FundingSettler, TradingEngine};
pub use venue_book::{BookReport, BookState, VenueBook};
