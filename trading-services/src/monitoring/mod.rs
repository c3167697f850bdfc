//! Watches over symbols, alerts, the channels that deliver them, the topics of health, and the last lines of the log.

pub mod alerts;
pub mod channels;
mod health_topics;
mod recent_log;
pub mod watch;

pub use health_topics::HealthTopics;
pub use recent_log::{LogTail, RecentLog};
