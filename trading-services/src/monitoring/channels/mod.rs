//! Channels that deliver alerts: the log, a file, a webhook.

mod error;
mod file;
mod log;
mod settings;
#[cfg(feature = "http-client")]
mod webhook;
#[cfg(not(feature = "http-client"))]
#[path = "no_webhook.rs"]
mod webhook;

pub use error::AlertError;
pub use file::FileChannel;
pub use log::LogChannel;
pub use settings::{FileSettings, WebhookSettings};
pub use webhook::WebhookChannel;
