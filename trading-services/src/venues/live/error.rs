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
    /// The venue lets in no more connections for now, or bans us.
    #[error("no connection: the venue lets in no more of them for {}", humantime::format_duration(seconds(*retry_after)))]
    Limited {
        /// How long it is not to be asked.
        retry_after: Duration,
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
        match self {
            Self::Denied { retry_after, .. } => *retry_after,
            Self::Limited { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

/// Nobody needs it more exactly.
fn seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0))
}
