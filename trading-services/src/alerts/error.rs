//! What can go wrong with alerts.

use std::path::PathBuf;

/// Why the alert services cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The webhook's client cannot be made.
    #[error("expected a usable HTTP client for `alerts.webhook.url`: {0}")]
    Client(#[source] reqwest::Error),
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
    Unreachable(#[source] reqwest::Error),
    /// The webhook refused.
    #[error("expected the webhook to answer with success, found status {0}")]
    Status(u16),
    /// The alert cannot be written as JSON.
    #[error("expected an alert that can be written as JSON: {0}")]
    Json(#[source] serde_json::Error),
}

impl ChannelError {
    /// Whether another attempt can succeed: the network, a busy or a failing server; not a refusal.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::File { .. } | Self::Json(_) => false,
        }
    }
}
