//! Who is told what, how often, and on which ways.

mod alert;
mod cool_down;
mod error;
mod file_channel;
mod health_alerts;
mod log_channel;
mod manager;
mod route;
mod webhook_channel;

pub use alert::{Alert, AlertContext, AlertLevel, AlertOutcome, AlertStats, AlertThresholds};
pub use error::{AlertError, ChannelError};
pub use file_channel::FileChannel;
pub use health_alerts::HealthAlerts;
pub use log_channel::LogChannel;
pub use manager::AlertManager;
pub use webhook_channel::WebhookChannel;
