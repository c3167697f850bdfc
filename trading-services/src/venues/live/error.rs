//! Errors of connections to venues.

use std::time::Duration;

/// Why a connection has ended, or none was made.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The venue has not let us in.
    #[error("no connection: {0}")]
    Connect(String),
    /// The venue has answered that it does not let us in, and perhaps for how long.
    #[error("no connection: the venue has answered {status}")]
    Denied {
        /// Its status.
        status: u16,
        /// How long it is not to be asked.
        retry_after: Option<Duration>,
    },
    /// Too much time has passed.
    #[error("{what} within {}", humantime::format_duration(*limit))]
    TimedOut {
        /// What should have happened.
        what: &'static str,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The connection broke, or what came was no WebSocket.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The venue has closed the connection.
    #[error("the venue has closed the connection")]
    Closed,
    /// The venue does not grant what is subscribed to.
    #[error("a subscription was refused: {0}")]
    Refused(String),
    /// It was acknowledged and brings nothing.
    #[error("subscribed, and nothing came for {}", humantime::format_duration(*.0))]
    Silent(Duration),
}

impl LiveError {
    /// How long to wait at least before a connection is tried again.
    pub fn retry_after(&self) -> Option<Duration> {
        if let Self::Denied { retry_after, .. } = self { *retry_after } else { None }
    }
}
