//! Which alerts does a channel still have to deliver.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::Alert;
use crate::sync::lock;

/// Alerts that wait for one channel; a slow channel loses the oldest.
const CAPACITY: usize = 1_024;

/// The queue in front of one channel.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: Mutex<VecDeque<Arc<Alert>>>,
    filled: Notify,
}

impl Outbox {
    /// Adds an alert; returns whether an older one had to go.
    pub(super) fn push(&self, alert: Arc<Alert>) -> bool {
        let mut queue = lock(&self.queue);
        let is_full = queue.len() == CAPACITY;
        if is_full {
            queue.pop_front();
        }
        queue.push_back(alert);
        self.filled.notify_one();
        is_full
    }

    pub(super) fn pop(&self) -> Option<Arc<Alert>> {
        lock(&self.queue).pop_front()
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.queue).len()
    }

    /// Waits until there is something.
    pub(super) async fn filled(&self) {
        while lock(&self.queue).is_empty() {
            self.filled.notified().await;
        }
    }
}
