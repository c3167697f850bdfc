//! The interface of a channel that delivers alerts.

use std::path::PathBuf;

use di_core::error::BoxError;

use crate::ports::Alert;

/// One way to reach somebody.
#[di_core::interface]
pub trait IAlertChannel {
    /// The channel's name in reports.
    fn name(&self) -> &'static str;

    /// Whether configuration gave it somewhere to deliver to.
    fn is_enabled(&self) -> bool;

    /// Delivers one alert, with the channel's own retries.
    ///
    /// # Errors
    /// [`ChannelError`] when it could not be delivered for good.
    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError>;
}

/// Why an alert was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The file cannot be written.
    #[error("{}: expected to append an alert: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The webhook was not reached.
    #[error("expected the webhook to answer: {0}")]
    Unreachable(#[source] BoxError),
    /// The webhook refused.
    #[error("expected the webhook to answer with success, found status {0}")]
    Status(u16),
    /// The alert cannot be written as JSON.
    #[error("expected an alert that can be written as JSON: {0}")]
    Json(#[source] serde_json::Error),
}

impl ChannelError {
    /// Whether another attempt can succeed: the network, a busy or a failing server; not a refusal.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::File { .. } | Self::Json(_) => false,
        }
    }
}
