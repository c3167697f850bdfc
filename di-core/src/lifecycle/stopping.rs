//! The stop notice for background tasks, with a count of those that have it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// Tells a background task that it shall end.
///
/// As long as a task keeps one, it is waited for and not dropped. See [`Context::supervise`](super::Context::supervise).
#[derive(Debug, Clone)]
pub struct Stopping {
    requested: watch::Receiver<bool>,
    /// Counts itself: see [`Listener`].
    _listener: Listener,
}

impl Stopping {
    pub(super) fn new(requested: watch::Receiver<bool>, listeners: &Arc<AtomicUsize>) -> Self {
        Self { requested, _listener: Listener::new(listeners) }
    }

    /// Ends when the service is being stopped.
    pub async fn requested(&self) {
        let mut requested = self.requested.clone();
        // An error says that the sender has gone, and with it the application: a task need not go on either.
        let _gone = requested.wait_for(|requested| *requested).await.is_err();
    }

    /// Whether the service is being stopped.
    pub fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }
}

/// How many of a task's [`Stopping`]s there are: a task without any cannot know that it shall end.
#[derive(Debug)]
struct Listener(Arc<AtomicUsize>);

impl Listener {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Clone for Listener {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
