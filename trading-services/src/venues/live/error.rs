//! Errors of connections to venues.

use std::time::Duration;

/// Why a connection has ended, or none was made.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The venue has not let us in.
    #[error("no connection: {0}")]
    Connect(String),
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
    /// It was acknowledged and has brought nothing.
    #[error("subscribed, and nothing came for {}", humantime::format_duration(*.0))]
    Silent(Duration),
}
