//! The bridge over NATS JetStream.

mod error;
mod inbox;
mod names;
mod options;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::{ContextBuilder, PublishError, PublishErrorKind};
use async_nats::jetstream::stream;
use async_nats::{Client, ConnectOptions, HeaderMap};
use tokio::time::{sleep, timeout};

pub use error::NatsError;
pub use options::{NatsOptions, StreamLimits};

use self::inbox::Messages;
use super::{Envelope, IEventBridge, Inbox};
use crate::error::BoxError;
use crate::interface;

/// A stream whose leader is being elected answers as if there were none. It is asked again after this pause.
const ELECTION: Duration = Duration::from_millis(100);

/// A stream of NATS JetStream that all processes with the same [prefix](NatsOptions::prefix) share.
///
/// An event is in the stream when [`send`](IEventBridge::send) returns, and stays there for whoever is away. Each process
/// reads under its [name](NatsOptions::name), one event after the other, and continues after a pause where it had stopped.
/// The connection restores itself: an outage of the server delays events, and neither loses nor doubles them, as long as
/// it is shorter than the retries of the [`Link`](super::Link) last. With the defaults of both, these are 20 seconds;
/// then the event becomes a dead letter of the sender's.
///
/// The price of the order is a round trip to the server for each event that arrives, and another for each that is sent.
///
/// ```no_run
/// use std::sync::Arc;
/// use di_core::error::BoxError;
/// use di_core::events::bridge::{Link, Nats, NatsOptions, Wire};
/// use di_core::events::{Bus, Event, Overflow};
///
/// #[derive(Debug, Clone)]
/// struct Tick(u8);
///
/// impl Event for Tick {
///     const TOPIC: &'static str = "market.tick";
/// }
///
/// impl Wire for Tick {
///     fn encode(&self) -> Result<Vec<u8>, BoxError> { Ok(vec![self.0]) }
///     fn decode(bytes: &[u8]) -> Result<Self, BoxError> { Ok(Self(*bytes.first().ok_or("no bytes")?)) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let bus = Bus::new();
/// let nats = Nats::connect(NatsOptions::new("nats://localhost:4222", "desk")).await?;
/// let link = Link::open(&bus.topic::<Tick>(), Arc::new(nats), Overflow::Wait(1_024)).await?;
/// tokio::spawn(link.run());
/// bus.topic().publish(Tick(7)).await?; // here, and in each other process
/// # Ok(())
/// # }
/// ```
pub struct Nats {
    options: NatsOptions,
    /// The server as errors name it: without a password.
    server: String,
    context: Context,
    stream: stream::Stream,
    /// The topics that have an inbox.
    open: Arc<Mutex<HashSet<String>>>,
}

impl Nats {
    /// Connects, and creates the stream if there is none.
    ///
    /// # Errors
    ///
    /// [`NatsError`], if a name or the address cannot be used, no server answers within the
    /// [time-out](NatsOptions::timeout), or it has no such stream and does not create it.
    pub async fn connect(options: NatsOptions) -> Result<Self, NatsError> {
        names::check("name", &options.name, names::is_token)?;
        names::check("prefix", &options.prefix, names::is_subject)?;
        let client = connect(&options).await?;
        let server = options.public_server();
        let context = ContextBuilder::new().timeout(options.timeout).build(client);
        let stream = join(&context, &options, &server).await?;
        Ok(Self { options, server, context, stream, open: Arc::default() })
    }

    async fn store(&self, subject: &str, envelope: &Envelope) -> Result<(), PublishError> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, envelope.id());
        let publishing =
            self.context.publish_with_headers(subject.to_owned(), headers, envelope.payload.clone().into());
        publishing.await?.await.map(|_stored| ())
    }
}

#[interface]
impl IEventBridge for Nats {
    async fn send(&self, envelope: &Envelope) -> Result<(), BoxError> {
        names::check("topic", &envelope.subject, names::is_subject)?;
        let subject = names::subject(&self.options.prefix, &envelope.subject);
        let mut absent = None;
        let storing = async {
            loop {
                match self.store(&subject, envelope).await {
                    Err(error) if error.kind() == PublishErrorKind::StreamNotFound => absent = Some(error),
                    done => return done,
                }
                sleep(ELECTION).await;
            }
        };
        let stored = within(self.options.timeout, storing).await;
        stored.map_err(|source| {
            let (server, stream) = (self.server.clone(), names::stream(&self.options.prefix));
            let source = absent.map_or(source, BoxError::from);
            NatsError::NotStored { server, stream, subject, within: self.options.timeout, source }.into()
        })
    }

    async fn open(&self, subject: &str) -> Result<Box<dyn Inbox>, BoxError> {
        names::check("topic", subject, names::is_subject)?;
        Ok(Box::new(Messages::open(self, subject).await?))
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nats({} at {} as {})", self.options.prefix, self.server, self.options.name)
    }
}

/// The client restores the connection by itself, for as long as it is held.
async fn connect(options: &NatsOptions) -> Result<Client, NatsError> {
    let server = options.public_server();
    let addresses = options.addresses().map_err(|source| NatsError::Address { server: server.clone(), source })?;
    let told = server.clone();
    let mut settings = ConnectOptions::new()
        .name(&options.name)
        .connection_timeout(options.timeout)
        .request_timeout(Some(options.timeout))
        .event_callback(move |event| {
            tracing::info!(server = told, %event, "the connection to NATS");
            std::future::ready(())
        });
    if let Some(file) = &options.credentials {
        let read = settings.credentials_file(file).await;
        settings = read.map_err(|source| NatsError::Credentials { file: file.clone(), source })?;
    }
    let connected = within(options.timeout, settings.connect(addresses)).await;
    connected.map_err(|source| NatsError::Unreachable { server, within: options.timeout, source })
}

/// Whoever comes first creates the stream. One that is there stays as its operator has set it.
async fn join(context: &Context, options: &NatsOptions, server: &str) -> Result<stream::Stream, NatsError> {
    let name = names::stream(&options.prefix);
    let expected = names::subject(&options.prefix, ">");
    let config = stream::Config {
        name: name.clone(),
        subjects: vec![expected.clone()],
        max_age: options.stream.max_age,
        max_bytes: i64::try_from(options.stream.max_bytes).unwrap_or(i64::MAX),
        duplicate_window: options.stream.duplicate_window,
        num_replicas: options.stream.replicas,
        ..stream::Config::default()
    };
    let server = server.to_owned();
    let stream = match within(options.timeout, context.get_or_create_stream(config)).await {
        Ok(stream) => stream,
        Err(source) => return Err(NatsError::Stream { server, stream: name, subjects: expected, source }),
    };
    let found = &stream.cached_info().config.subjects;
    if found.contains(&expected) {
        Ok(stream)
    } else {
        Err(NatsError::Subjects { server, stream: name, expected, found: found.clone() })
    }
}

/// Gives up after the limit.
async fn within<T, E: Into<BoxError>>(
    limit: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, BoxError> {
    match timeout(limit, answer).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(elapsed) => Err(elapsed.into()),
    }
}
