//! Watches over symbols, alerts, the channels that deliver them, and the topics of health.

pub mod alerts;
pub mod channels;
mod health_topics;
pub mod watch;

pub use health_topics::HealthTopics;
