//! The interface of a channel that delivers alerts.

use std::path::PathBuf;
use std::time::Duration;

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

    /// How long its receiver does not want to be asked from now on, if it has said so: a delivery waits until then.
    fn rests(&self) -> Option<Duration> {
        None
    }
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
    /// The channel has not delivered in time.
    #[error("expected the channel to deliver within {}{}", humantime::format_duration(*patience), rest(*rests))]
    Late {
        /// How long it was waited for.
        patience: Duration,
        /// How long its receiver does not want to be asked from then on.
        rests: Option<Duration>,
    },
    /// The alert cannot be written as JSON.
    #[error("expected an alert that can be written as JSON: {0}")]
    Json(#[source] serde_json::Error),
}

impl ChannelError {
    /// Whether another attempt can succeed: the network, a busy or a failing server; not a refusal.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Late { .. } => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::File { .. } | Self::Json(_) => false,
        }
    }
}

impl dyn IAlertChannel {
    /// Delivers for somebody who waits for the answer: a receiver that wants to be asked later is not waited for longer than
    /// `patience`, and not at all once it has asked for more.
    ///
    /// # Errors
    /// [`ChannelError`], and [`ChannelError::Late`] when there is no answer in time.
    pub async fn deliver_within(&self, alert: &Alert, patience: Duration) -> Result<(), ChannelError> {
        let late = || ChannelError::Late { patience, rests: self.rests() };
        // One alert has heard it; the next ones need not wait to hear it again.
        if self.rests().is_some_and(|rests| rests > patience) {
            return Err(late());
        }
        let delivered = tokio::time::timeout(patience, self.deliver(alert)).await;
        delivered.unwrap_or_else(|_| Err(late()))
    }
}

/// What is said of a receiver that wants to be left alone.
fn rest(rests: Option<Duration>) -> String {
    let seconds = |rests: Duration| Duration::from_secs(rests.as_secs().max(1));
    rests.map_or_else(String::new, |rests| {
        format!(": its receiver does not want to be asked for another {}", humantime::format_duration(seconds(rests)))
    })
}
