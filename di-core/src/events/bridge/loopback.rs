//! A bridge that stays in the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Envelope, IEventBridge, Inbox};
use crate::error::BoxError;
use crate::interface;

/// Connects several buses of one process, as a broker would connect processes. Clones are the same bridge.
///
/// For tests, and for platforms that are split later on. See [`Link`](super::Link) for an example.
#[derive(Clone, Default)]
pub struct Loopback {
    inboxes: Arc<Mutex<HashMap<String, Vec<UnboundedSender<Envelope>>>>>,
}

impl Loopback {
    /// A bridge without inboxes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[interface]
impl IEventBridge for Loopback {
    async fn send(&self, envelope: &Envelope) -> Result<(), BoxError> {
        let mut inboxes = self.inboxes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = inboxes.get_mut(&envelope.subject) {
            // A queue without a bound refuses only where its inbox is gone.
            open.retain(|inbox| inbox.send(envelope.clone()).is_ok());
        }
        Ok(())
    }

    async fn open(&self, subject: &str) -> Result<Box<dyn Inbox>, BoxError> {
        let (sender, receiver) = unbounded_channel();
        let mut inboxes = self.inboxes.lock().unwrap_or_else(PoisonError::into_inner);
        inboxes.entry(subject.to_owned()).or_default().push(sender);
        Ok(Box::new(Letters(receiver)))
    }
}

impl fmt::Debug for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loopback")
    }
}

struct Letters(UnboundedReceiver<Envelope>);

#[interface]
impl Inbox for Letters {
    async fn next(&mut self) -> Option<Envelope> {
        self.0.recv().await
    }

    async fn accept(&mut self) -> Result<(), BoxError> {
        Ok(())
    }
}
