//! Channels that deliver alerts: the log, a file, a webhook.

mod error;
mod file;
mod log;
mod settings;
mod webhook;

pub use error::AlertError;
pub use file::FileChannel;
pub use log::LogChannel;
pub use settings::{FileSettings, WebhookSettings};
pub use webhook::WebhookChannel;
