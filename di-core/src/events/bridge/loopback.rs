//! A bridge that stays in the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_channel::{Receiver, Sender};

use super::{Envelope, IEventBridge, Inbox};
use crate::interface;
use crate::service::BoxError;

/// Connects several buses of one process, as a broker would connect processes. Clones are the same bridge.
///
/// For tests, and for platforms that are split later on. See [`Link`](super::Link) for an example.
#[derive(Clone, Default)]
pub struct Loopback {
    inboxes: Arc<Mutex<HashMap<String, Vec<Sender<Envelope>>>>>,
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
            // The queue has no bound, so it is full for nobody, and closed only where the inbox is gone.
            open.retain(|inbox| inbox.try_send(envelope.clone()).is_ok());
        }
        Ok(())
    }

    async fn open(&self, subject: &str) -> Result<Box<dyn Inbox>, BoxError> {
        let (sender, receiver) = async_channel::unbounded();
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

struct Letters(Receiver<Envelope>);

#[interface]
impl Inbox for Letters {
    async fn next(&mut self) -> Option<Envelope> {
        self.0.recv().await.ok()
    }

    async fn accept(&mut self) -> Result<(), BoxError> {
        Ok(())
    }
}
