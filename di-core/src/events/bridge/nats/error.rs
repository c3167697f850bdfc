//! Errors between a process and its stream.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::BoxError;

/// What the bridge to NATS wanted, of which server, and what came instead.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use di_core::events::bridge::{Nats, NatsError, NatsOptions};
///
/// let error = Nats::connect(NatsOptions::new("localhost", "front desk")).await.unwrap_err();
/// assert!(matches!(error, NatsError::Name { what: "name", .. }));
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum NatsError {
    /// A name, prefix or topic that NATS would refuse or misunderstand.
    Name {
        /// Which of them: `name`, `prefix` or `topic`.
        what: &'static str,
        /// What it is.
        name: String,
    },
    /// The address is none.
    Address {
        /// The address, without its password.
        server: String,
        /// What is wrong with it.
        source: io::Error,
    },
    /// The file with the credentials could not be used.
    Credentials {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// No connection.
    Unreachable {
        /// The address, without its password.
        server: String,
        /// The time it had.
        within: Duration,
        /// What came instead.
        source: BoxError,
    },
    /// The stream is not there and was not created.
    Stream {
        /// The server.
        server: String,
        /// The name of the stream.
        stream: String,
        /// What it should take.
        subjects: String,
        /// What the server said.
        source: BoxError,
    },
    /// There is a stream of that name, for other subjects.
    Subjects {
        /// The server.
        server: String,
        /// The name of the stream.
        stream: String,
        /// What it should take.
        expected: String,
        /// What it takes.
        found: Vec<String>,
    },
    /// The consumer, which is the server's side of an inbox, was not created.
    Consumer {
        /// The server.
        server: String,
        /// What it should read.
        subject: String,
        /// Its name.
        consumer: String,
        /// What the server said.
        source: BoxError,
    },
    /// Somebody reads under the same name. The events would be shared between the two.
    Taken {
        /// The server.
        server: String,
        /// What is read.
        subject: String,
        /// The name that both would use.
        consumer: String,
    },
    /// An event was sent, and nobody said that it is safe. It may still get there.
    NotStored {
        /// The server.
        server: String,
        /// The stream that should have it.
        stream: String,
        /// The subject of the event.
        subject: String,
        /// The time it had.
        within: Duration,
        /// What came instead.
        source: BoxError,
    },
    /// An event was dealt with, and the server did not say that it knows. It will be delivered again.
    NotAccepted {
        /// The server.
        server: String,
        /// The subject of the event.
        subject: String,
        /// The time it had.
        within: Duration,
        /// What came instead.
        source: BoxError,
    },
}

impl fmt::Display for NatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { what, name } => {
                let dots = if *what == "name" { "" } else { ", and dots between its parts" };
                write!(f, "the {what} `{name}` cannot stand in a subject: expected letters, digits, `-` and `_`{dots}")
            }
            Self::Address { server, source } => {
                write!(
                    f,
                    "`{server}` is not the address of a NATS server: expected one like `nats://host:4222`: {source}"
                )
            }
            Self::Credentials { file, source } => {
                write!(f, "`{}` should hold the credentials for NATS: {source}", file.display())
            }
            Self::Unreachable { server, within, source } => {
                write!(f, "expected a NATS server to answer at {server} within {within:?}: {source}")
            }
            Self::Stream { server, stream, subjects, source } => {
                write!(f, "expected {server} to have or create the stream `{stream}` for `{subjects}`: {source}")
            }
            Self::Subjects { server, stream, expected, found } => {
                let found = found.join("`, `");
                write!(f, "expected the stream `{stream}` of {server} to take `{expected}`; it takes `{found}`")
            }
            Self::Consumer { server, subject, consumer, source } => {
                write!(f, "expected {server} to have or create the consumer `{consumer}` of `{subject}`: {source}")
            }
            Self::Taken { server, subject, consumer } => {
                write!(f, "expected nobody else to read `{subject}` of {server} as `{consumer}`: ")?;
                f.write_str("each process, and each bus with a link, needs a name of its own")
            }
            Self::NotStored { server, stream, subject, within, source } => {
                write!(f, "expected the stream `{stream}` of {server} to store `{subject}` within {within:?}: {source}")
            }
            Self::NotAccepted { server, subject, within, source } => {
                write!(f, "expected {server} to confirm that `{subject}` was read within {within:?}: {source}")
            }
        }
    }
}

impl std::error::Error for NatsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Address { source, .. } | Self::Credentials { source, .. } => Some(source),
            Self::Unreachable { source, .. }
            | Self::Stream { source, .. }
            | Self::Consumer { source, .. }
            | Self::NotStored { source, .. }
            | Self::NotAccepted { source, .. } => Some(&**source),
            Self::Name { .. } | Self::Subjects { .. } | Self::Taken { .. } => None,
        }
    }
}
