//! Options of the bridge: the server, the credentials, and what the stream keeps.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::ServerAddr;

/// How a process takes part in a stream: see [`Nats`](super::Nats).
///
/// ```
/// use std::time::Duration;
/// use di_core::events::bridge::NatsOptions;
///
/// let options = NatsOptions {
///     credentials: Some("/etc/desk/nats.creds".into()),
///     ..NatsOptions::new("tls://nats.example.com", "desk")
/// };
/// assert_eq!((options.prefix.as_str(), options.timeout), ("events", Duration::from_secs(5)));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct NatsOptions {
    /// The address, such as `nats://localhost:4222`, or `tls://..` for an encrypted connection. Several addresses, with
    /// commas between them, are those of one cluster. A user and a password, or a token, may stand before an `@`; neither
    /// errors nor the log show them.
    pub server: String,
    /// The name of the process, of letters, digits, `-` and `_`: under it the server remembers what the process has read.
    /// No two that run at the same time may have the same, because they would share the events between them.
    pub name: String,
    /// A file with the process's credentials, as `nsc` writes it. By default, there is none.
    pub credentials: Option<PathBuf>,
    /// The first part of all subjects, and the name of the stream: `events` by default. Platforms with different prefixes
    /// share a server and do not hear each other.
    pub prefix: String,
    /// How long each answer of the server may take: 5 seconds by default, as in the client itself.
    pub timeout: Duration,
    /// After what time the server delivers an event again that was not accepted: 10 seconds by default. A subscriber that
    /// needs longer does no harm, since what comes again is dropped. A process whose answer was lost in an outage stands
    /// still for so long.
    pub ack_wait: Duration,
    /// What the stream keeps, if it has to be created.
    pub stream: StreamLimits,
}

impl NatsOptions {
    /// All defaults, without credentials.
    #[must_use]
    pub fn new(server: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            name: name.into(),
            credentials: None,
            prefix: "events".to_owned(),
            timeout: Duration::from_secs(5),
            ack_wait: Duration::from_secs(10),
            stream: StreamLimits::default(),
        }
    }

    pub(super) fn addresses(&self) -> io::Result<Vec<ServerAddr>> {
        self.server.split(',').map(|address| address.trim().parse()).collect()
    }

    /// What may be shown: passwords and tokens stand before the last `@` of an address.
    pub(super) fn public_server(&self) -> String {
        let public = |address: &str| address.rsplit('@').next().unwrap_or_default().trim().to_owned();
        self.server.split(',').map(public).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Debug for NatsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsOptions")
            .field("server", &self.public_server())
            .field("name", &self.name)
            .field("credentials", &self.credentials)
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .field("ack_wait", &self.ack_wait)
            .field("stream", &self.stream)
            .finish()
    }
}

/// What a stream keeps, on disk. What is older or more is dropped, the oldest first, whether everybody has read it or not.
///
/// These apply when the stream is created. One that is there stays as its operator has set it.
///
/// ```
/// use std::time::Duration;
/// use di_core::events::bridge::StreamLimits;
///
/// let limits = StreamLimits::default();
/// assert_eq!(limits.max_age, Duration::from_secs(24 * 60 * 60));
/// assert_eq!((limits.max_bytes, limits.replicas), (256 << 20, 1));
/// assert_eq!(limits.duplicate_window, Duration::from_secs(2 * 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLimits {
    /// How long an event is kept: a day by default, which outlasts a night's outage. A process that is away for longer
    /// starts anew, with what is sent after its return.
    pub max_age: Duration,
    /// How many bytes are kept: 256 MiB by default. The server sets this space aside, and a small one should still grant
    /// it.
    pub max_bytes: u64,
    /// For how long an event that is sent again is known to be the same: two minutes by default, six times what the
    /// retries of a [`Link`](crate::events::bridge::Link) take. At most [`max_age`](Self::max_age).
    pub duplicate_window: Duration,
    /// How many servers of the cluster keep a copy: one by default, which every server grants. With three, the loss of
    /// a server loses nothing.
    pub replicas: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(24 * 60 * 60),
            max_bytes: 256 << 20,
            duplicate_window: Duration::from_secs(2 * 60),
            replicas: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_nowhere() {
        let options = NatsOptions::new("nats://desk:s3cr@t@one:4222, nats://t0ken@two, three:1", "desk");
        assert_eq!(options.public_server(), "one:4222, two, three:1");
        let shown = format!("{options:?}");
        assert!(!shown.contains("s3cr") && !shown.contains("t0ken"), "{shown}");
    }
}
