//! Arrival of events from the stream: each again until it is accepted, and none before the one before it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::pull::{self, MessagesError, MessagesErrorKind};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use async_nats::jetstream::context::{ConsumerInfoError, ConsumerInfoErrorKind};
use async_nats::jetstream::{AckKind, Message};
use futures::StreamExt;
use tokio::time::sleep;

use super::{Nats, NatsError, names, within};
use crate::error::BoxError;
use crate::events::bridge::{Envelope, Inbox};
use crate::interface;

/// After a fault, the consumer is asked again after this pause.
const PAUSE: Duration = Duration::from_millis(250);

/// A silence of twice this length is a fault.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// For how long one request for events stands.
const EXPIRES: Duration = Duration::from_secs(20);

/// The reading end of one topic.
pub(super) struct Messages {
    topic: String,
    /// As errors name them.
    server: String,
    subject: String,
    timeout: Duration,
    consumer: Consumer<pull::Config>,
    /// `None` after a fault, until it is asked for again.
    arriving: Option<pull::Stream>,
    /// What was handed out last and is not accepted yet.
    last: Option<Message>,
    _claim: Claim,
}

impl Messages {
    pub(super) async fn open(nats: &Nats, topic: &str) -> Result<Self, NatsError> {
        let options = &nats.options;
        let (server, subject) = (nats.server.clone(), names::subject(&options.prefix, topic));
        let name = names::consumer(&options.name, topic);
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subject: subject.clone(),
            deliver_policy: DeliverPolicy::New,
            ack_policy: AckPolicy::Explicit,
            ack_wait: options.ack_wait,
            // Were two on their way, the first could come again after the second, and a link takes that for a repeat.
            max_ack_pending: 1,
            // Once all that a process missed is gone, where it stopped is worth nothing.
            inactive_threshold: options.stream.max_age,
            ..pull::Config::default()
        };
        let claim = Claim::of(&nats.open, topic);
        let consumer = match within(options.timeout, nats.stream.create_consumer(config)).await {
            Ok(consumer) => consumer,
            Err(source) => return Err(NatsError::Consumer { server, subject, consumer: name, source }),
        };
        match claim {
            Some(_claim) if consumer.cached_info().num_waiting == 0 => Ok(Self {
                topic: topic.to_owned(),
                server,
                subject,
                timeout: options.timeout,
                consumer,
                arriving: None,
                last: None,
                _claim,
            }),
            _ => Err(NatsError::Taken { server, subject, consumer: name }),
        }
    }

    /// Asks for events if that is not done, and waits for one.
    async fn arrive(&mut self) -> Result<Option<Message>, BoxError> {
        let arriving = match &mut self.arriving {
            Some(arriving) => arriving,
            none => {
                let asking = self.consumer.stream().expires(EXPIRES).heartbeat(HEARTBEAT).messages();
                none.insert(within(self.timeout, asking).await?)
            }
        };
        Ok(arriving.next().await.transpose()?)
    }

    /// Whether there is nobody left to ask. A server that cannot be reached may come back.
    async fn is_over(&self, error: &BoxError) -> bool {
        let fatal = |error: &MessagesError| {
            use MessagesErrorKind as Kind;
            matches!(error.kind(), Kind::ConsumerDeleted | Kind::PushBasedConsumer | Kind::RequestLimitExceeded)
        };
        if error.downcast_ref().is_some_and(fatal) {
            return true;
        }
        match within(self.timeout, self.consumer.get_info()).await {
            Ok(_info) => false,
            Err(error) => error.downcast_ref().is_some_and(|error: &ConsumerInfoError| {
                use ConsumerInfoErrorKind as Kind;
                matches!(error.kind(), Kind::NotFound | Kind::StreamNotFound)
            }),
        }
    }

    /// What was not sent by a link would come back for ever. It is told once, and ended.
    async fn refuse(&self, message: &Message) {
        let expected = "expected a header Nats-Msg-Id as links send it";
        tracing::warn!(server = self.server, subject = self.subject, "a message holds no envelope: {expected}");
        let ending = within(self.timeout, message.double_ack_with(AckKind::Term));
        if let Err(error) = ending.await {
            tracing::warn!(server = self.server, subject = self.subject, %error, "it may come again");
        }
    }
}

#[interface]
impl Inbox for Messages {
    async fn next(&mut self) -> Option<Envelope> {
        loop {
            match self.arrive().await {
                Ok(Some(message)) => {
                    if let Some(envelope) = envelope(&self.topic, &message) {
                        self.last = Some(message);
                        return Some(envelope);
                    }
                    self.refuse(&message).await;
                }
                Ok(None) => return None,
                Err(error) => {
                    self.arriving = None;
                    if self.is_over(&error).await {
                        tracing::error!(server = self.server, subject = self.subject, %error, "the consumer is gone");
                        return None;
                    }
                    tracing::warn!(server = self.server, subject = self.subject, %error, "asking for events again");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    async fn accept(&mut self) -> Result<(), BoxError> {
        let Some(message) = self.last.take() else { return Ok(()) };
        within(self.timeout, message.double_ack()).await.map_err(|source| {
            let (server, subject) = (self.server.clone(), self.subject.clone());
            NatsError::NotAccepted { server, subject, within: self.timeout, source }.into()
        })
    }
}

fn envelope(topic: &str, message: &Message) -> Option<Envelope> {
    let id = message.headers.as_ref()?.get(NATS_MESSAGE_ID)?;
    let (origin, sequence) = names::parse_id(id.as_str())?;
    Some(Envelope { subject: topic.to_owned(), origin, sequence, payload: message.payload.to_vec() })
}

/// The right to read a topic, until it is dropped: within a process, nobody else has the same.
struct Claim {
    open: Arc<Mutex<HashSet<String>>>,
    topic: String,
}

impl Claim {
    fn of(open: &Arc<Mutex<HashSet<String>>>, topic: &str) -> Option<Self> {
        let free = open.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned());
        free.then(|| Self { open: Arc::clone(open), topic: topic.to_owned() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.topic);
    }
}
