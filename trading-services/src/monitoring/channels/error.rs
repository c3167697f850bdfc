//! Errors of building an alert channel.

use di_core::error::BoxError;

/// Why an alert channel cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The webhook's client cannot be made.
    #[error("expected a usable HTTP client for `alerts.webhook.url`: {0}")]
    Client(#[source] BoxError),
}
