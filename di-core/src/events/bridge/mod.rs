//! Bridges, which carry events to other processes and back.

mod link;
mod loopback;
#[cfg(feature = "nats")]
mod nats;

pub use link::{Link, LinkEnded, Wire};
pub use loopback::Loopback;
#[cfg(feature = "nats")]
pub use nats::{Nats, NatsError, NatsOptions, StreamLimits};

use crate::error::BoxError;
use crate::interface;

/// An event on its way to other processes.
///
/// ```
/// use di_core::events::bridge::Envelope;
///
/// let envelope = Envelope { subject: "market.tick".into(), origin: 0xab, sequence: 7, payload: vec![1] };
/// assert_eq!(envelope.id(), "00000000000000ab-7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The name of the topic.
    pub subject: String,
    /// Who sent it: another number for each link that is opened.
    pub origin: u64,
    /// Which one of its origin's: 1, 2, 3, and the same again if it is sent again.
    pub sequence: u64,
    /// The event, encoded.
    pub payload: Vec<u8>,
}

impl Envelope {
    /// The same for each attempt to send it, and for no other: what JetStream wants as `Nats-Msg-Id`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{:016x}-{}", self.origin, self.sequence)
    }
}

/// The way to other processes, for instance a stream of NATS JetStream.
///
/// What it promises: envelopes of one origin arrive in their order, each at least once. A [`Link`] drops what arrives
/// twice.
///
/// [`Loopback`] is one that stays in the process. With the feature `nats`, `Nats` is one over NATS JetStream.
#[interface]
pub trait IEventBridge {
    /// Sends it; it is safe with the other side when this returns.
    ///
    /// # Errors
    ///
    /// Whatever kept it from getting there; the link tries again.
    async fn send(&self, envelope: &Envelope) -> Result<(), BoxError>;

    /// Opens an inbox, which holds what is sent from now on.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being opened.
    async fn open(&self, subject: &str) -> Result<Box<dyn Inbox>, BoxError>;
}

/// What arrives under one subject.
#[interface]
pub trait Inbox {
    /// The next envelope; `None` when there will be no more. It must be possible to drop the future without losing an
    /// envelope.
    async fn next(&mut self) -> Option<Envelope>;

    /// The last envelope is dealt with and need not be delivered again.
    ///
    /// # Errors
    ///
    /// Whatever kept that from being said; the envelope may then arrive again.
    async fn accept(&mut self) -> Result<(), BoxError>;
}
