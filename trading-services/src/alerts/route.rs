//! How does an alert get from the manager to one channel, and what is counted on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::lifecycle::Stopping;

use super::Alert;
use super::outbox::Outbox;
use crate::interfaces::IAlertChannel;

/// One channel behind its own queue, so that one that is slow or down holds up no other.
pub(super) struct Route {
    channel: Arc<dyn IAlertChannel>,
    outbox: Outbox,
    delivered: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    /// Failures since the last success.
    failed_in_a_row: AtomicU64,
}

impl Route {
    pub(super) fn new(channel: &Arc<dyn IAlertChannel>) -> Self {
        Self {
            channel: Arc::clone(channel),
            outbox: Outbox::default(),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            failed_in_a_row: AtomicU64::new(0),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.channel.name()
    }

    pub(super) fn push(&self, alert: Arc<Alert>) {
        if self.outbox.push(alert) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Alerts that were delivered.
    pub(super) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Alerts that failed for good.
    pub(super) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Alerts that failed since the last one that was delivered.
    pub(super) fn failed_in_a_row(&self) -> u64 {
        self.failed_in_a_row.load(Ordering::Relaxed)
    }

    /// Alerts that wait for the channel.
    pub(super) fn pending(&self) -> u64 {
        u64::try_from(self.outbox.len()).unwrap_or(u64::MAX)
    }

    /// Alerts that were given up before they were tried, because too many waited.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Delivers alerts in their order until it is to stop, and then what is left.
    pub(super) async fn deliver(&self, stopping: &Stopping) {
        loop {
            // It is asked before the queue is emptied: what comes later is nobody's any more.
            let is_last = stopping.is_requested();
            while let Some(alert) = self.outbox.pop() {
                self.deliver_one(&alert).await;
            }
            if is_last {
                return;
            }
            // Only the waiting is cancelled, never a delivery.
            tokio::select! {
                () = self.outbox.filled() => {}
                () = stopping.requested() => {}
            }
        }
    }

    async fn deliver_one(&self, alert: &Alert) {
        let mut attempt = Attempt { route: self, succeeded: false };
        match self.channel.deliver(alert).await {
            Ok(()) => attempt.succeeded = true,
            Err(error) => tracing::error!(channel = self.name(), alert = alert.id, %error, "alert not delivered"),
        }
    }
}

/// A delivery that is under way. Whatever ends it but success, a panic of the channel included, counts as a failure: the
/// alert is not tried again, or it would bring the channel down each time.
struct Attempt<'a> {
    route: &'a Route,
    succeeded: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.succeeded {
            self.route.delivered.fetch_add(1, Ordering::Relaxed);
            self.route.failed_in_a_row.store(0, Ordering::Relaxed);
        } else {
            self.route.failed.fetch_add(1, Ordering::Relaxed);
            self.route.failed_in_a_row.fetch_add(1, Ordering::Relaxed);
        }
    }
}
