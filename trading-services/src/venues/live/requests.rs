//! The subscriptions of one connection: sent at the venue's pace, and remembered until they are answered.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Protocol;

/// A subscription to topics, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) topics: Vec<String>,
    pub(super) ends: bool,
}

/// What is to be sent, and what was not answered yet. Venues answer the requests of a connection in their order.
#[derive(Debug)]
pub(super) struct Requests {
    format: fn(&[String], bool, u64) -> String,
    /// How many topics a message may have.
    most: usize,
    /// The least time between two messages.
    pace: Duration,
    waiting: VecDeque<Outgoing>,
    /// When the next message may be sent.
    allowed: Instant,
    /// The requests that were sent, with when that was.
    sent: VecDeque<(Instant, Ask)>,
    count: u64,
}

#[derive(Debug)]
enum Outgoing {
    Ask(Ask),
    /// It says that we are there; its answer counts as a message like any other.
    Ping(&'static str),
}

impl Requests {
    /// No requests yet.
    pub(super) fn of<P: Protocol>() -> Self {
        Self {
            format: P::subscription,
            most: P::TOPICS,
            pace: P::PACE,
            waiting: VecDeque::new(),
            allowed: Instant::now(),
            sent: VecDeque::new(),
            count: 0,
        }
    }

    /// Subscribes to the topics, or ends that, in as many messages as that takes.
    pub(super) fn ask(&mut self, topics: &[String], ends: bool) {
        let asks = topics.chunks(self.most).map(|topics| Outgoing::Ask(Ask { topics: topics.to_vec(), ends }));
        self.waiting.extend(asks);
    }

    /// Says that we are there, before anything else.
    pub(super) fn ping(&mut self, text: &'static str) {
        self.waiting.push_front(Outgoing::Ping(text));
    }

    /// When the next message is to be sent, if there is one.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.waiting.is_empty()).then_some(self.allowed)
    }

    /// The next message; from now on an answer to it is expected.
    pub(super) fn next(&mut self) -> Option<String> {
        let now = Instant::now();
        self.allowed = now + self.pace;
        Some(match self.waiting.pop_front()? {
            Outgoing::Ping(text) => text.to_owned(),
            Outgoing::Ask(ask) => {
                self.count += 1;
                let text = (self.format)(&ask.topics, ask.ends, self.count);
                self.sent.push_back((now, ask));
                text
            }
        })
    }

    /// The venue has answered; returns to what.
    pub(super) fn answered(&mut self) -> Option<Ask> {
        self.sent.pop_front().map(|(_, ask)| ask)
    }

    /// When the request was sent that has waited for its answer the longest.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.sent.front().map(|(when, _)| *when)
    }

    /// Whether everything was sent and answered.
    pub(super) fn are_answered(&self) -> bool {
        self.sent.is_empty() && !self.waiting.iter().any(|next| matches!(next, Outgoing::Ask(_)))
    }
}
