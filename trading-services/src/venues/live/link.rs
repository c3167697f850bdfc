//! One WebSocket with what is asked of it: its messages, and what their answers settle.

use tokio::time::Instant;

use super::door::Door;
use super::requests::{Ask, Requests};
use super::socket::{Socket, Text};
use super::{Answer, LiveError, Protocol, Settings};

/// A connection with what is asked of it.
pub(super) struct Link {
    pub(super) socket: Socket,
    pub(super) requests: Requests,
}

/// What a message says of the connection.
pub(super) enum Said {
    /// Nothing: it is about the market.
    Market,
    /// These topics are subscribed to.
    Granted(Vec<String>),
    /// This topic is not, for that reason.
    Refused(String, String),
    /// The venue will close the connection.
    Closing,
    /// That the venue is there, or what asks for nothing.
    Alive,
}

impl Link {
    /// Connects, unless the host lets nobody in; the topics are subscribed to as the connection is read.
    pub(super) async fn open<P: Protocol>(
        path: &str,
        topics: &[String],
        settings: &Settings,
        door: &Door,
    ) -> Result<Self, LiveError> {
        door.enter(P::CONNECTIONS)?;
        let socket = Socket::open::<P>(path, settings).await.inspect_err(|error| {
            if let Some(pause) = error.retry_after() {
                door.block(pause);
            }
        })?;
        let mut requests = Requests::of::<P>();
        requests.ask(topics, false);
        Ok(Self { socket, requests })
    }

    /// Sends the next request.
    pub(super) async fn send(&mut self) -> Result<(), LiveError> {
        match self.requests.next() {
            Some(text) => self.socket.send(&text).await,
            None => Ok(()),
        }
    }

    /// The next message, and what it says of the connection; nothing where it was not one of text.
    pub(super) async fn next<P: Protocol>(&mut self) -> Result<Option<(Text, Said)>, LiveError> {
        let Some(text) = self.socket.next().await? else { return Ok(None) };
        let said = match P::answer(&text) {
            None => Said::Market,
            Some(Answer::Accepted) => match self.requests.answered() {
                Some(Ask { topics, ends: false }) => Said::Granted(topics),
                _ => Said::Alive,
            },
            Some(Answer::Refused(reason)) => self.refused(reason),
            Some(Answer::Alive) => Said::Alive,
            Some(Answer::Closing) => Said::Closing,
        };
        Ok(Some((text, said)))
    }

    /// A request was refused. Some venues refuse all topics of a message because of one: each half is asked for by itself, until
    /// that one is found.
    fn refused(&mut self, reason: String) -> Said {
        let topics = match self.requests.answered() {
            Some(Ask { topics, ends: false }) => topics,
            _ => return Said::Alive,
        };
        match <[String; 1]>::try_from(topics) {
            Ok([topic]) => Said::Refused(topic, reason),
            Err(topics) => {
                let (first, second) = topics.split_at(topics.len() / 2);
                self.requests.ask(first, false);
                self.requests.ask(second, false);
                Said::Alive
            }
        }
    }

    /// When the oldest request is answered too late.
    pub(super) fn answer_due(&self, settings: &Settings) -> Option<Instant> {
        Some(self.requests.oldest()? + settings.silent_after)
    }
}
