//! The route of alerts from their topic to one channel.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::events::{Handler, Overflow, QueueReport, Retry, Subscriber, Topic};
use di_core::lifecycle::Stopping;
use futures::FutureExt;
use tokio::sync::Mutex;

use super::deliveries::Deliveries;
use crate::ports::{Alert, AlertDelivery, ChannelError, IAlertChannel, IClock, IStateManager, StateFact};
use crate::sync::lock;

/// So many alerts wait for one channel; a slow channel loses the oldest.
const OVERFLOW: Overflow = Overflow::DropOldest(1_024);

/// So long a person waits for a channel that is to deliver again.
const PATIENCE: Duration = Duration::from_secs(30);

/// One channel behind its own queue, so that one that is slow or down holds up no other.
pub(super) struct Route {
    channel: Arc<dyn IAlertChannel>,
    /// What gets an alert that the channel could not deliver.
    fallback: Option<Arc<dyn IAlertChannel>>,
    raised: Topic<Alert>,
    /// Held by the task that delivers. What is raised while there is none waits for the next start.
    queue: Mutex<Subscriber<Alert>>,
    delivered: AtomicU64,
    failed: AtomicU64,
    /// Failures since the last success.
    failed_in_a_row: AtomicU64,
    clock: Arc<dyn IClock>,
    /// What outlives the platform.
    kept: Arc<dyn IStateManager>,
    /// What all channels have said.
    deliveries: Arc<Deliveries>,
    /// What an earlier run has left, oldest first.
    left: std::sync::Mutex<VecDeque<Alert>>,
}

impl Route {
    /// Listens from now on.
    pub(super) fn new(
        channel: &Arc<dyn IAlertChannel>,
        fallback: Option<&Arc<dyn IAlertChannel>>,
        raised: &Topic<Alert>,
        clock: &Arc<dyn IClock>,
        kept: &Arc<dyn IStateManager>,
        deliveries: &Arc<Deliveries>,
        left: VecDeque<Alert>,
    ) -> Self {
        Self {
            left: std::sync::Mutex::new(left),
            channel: Arc::clone(channel),
            fallback: fallback.cloned(),
            raised: raised.clone(),
            queue: Mutex::new(raised.subscribe(channel.name(), OVERFLOW)),
            delivered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            failed_in_a_row: AtomicU64::new(0),
            clock: Arc::clone(clock),
            kept: Arc::clone(kept),
            deliveries: Arc::clone(deliveries),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.channel.name()
    }

    /// Alerts that were delivered.
    pub(super) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Alerts that failed for good, and are among the dead letters.
    pub(super) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Alerts that failed since the last one that was delivered.
    pub(super) fn failed_in_a_row(&self) -> u64 {
        self.failed_in_a_row.load(Ordering::Relaxed)
    }

    /// Alerts that wait for the channel.
    pub(super) fn pending(&self) -> u64 {
        let left = lock(&self.left).len();
        let waiting = self.report().map_or(0, |queue| queue.queued).saturating_add(left);
        u64::try_from(waiting).unwrap_or(u64::MAX)
    }

    /// Alerts that were given up: because too many waited, or because the stop had no time for the one under way.
    pub(super) fn dropped(&self) -> u64 {
        self.report().map_or(0, |queue| queue.lagged)
    }

    /// Delivers alerts in their order until it is to stop, and then what is left.
    pub(super) async fn deliver(&self, stopping: &Stopping) {
        // A channel tries again by itself: it alone knows which failures may pass.
        let raised = async { self.queue.lock().await.handle_until(stopping.requested(), Retry::NEVER, self).await };
        // What is left holds up nothing that is raised now.
        tokio::join!(raised, self.deliver_left(stopping));
    }

    /// Delivers what an earlier run has left; what there is no time for is left to the next one.
    async fn deliver_left(&self, stopping: &Stopping) {
        while let Some(alert) = self.next_left() {
            if stopping.is_requested() {
                return;
            }
            // A panic of the channel is a failure like any other.
            if let Ok(Err(error)) = AssertUnwindSafe(self.handle(&alert)).catch_unwind().await {
                tracing::error!(alert = alert.id, channel = self.name(), "an alert of an earlier run is dead: {error}");
            }
            lock(&self.left).pop_front();
        }
    }

    fn next_left(&self) -> Option<Alert> {
        lock(&self.left).front().cloned()
    }

    /// Delivers an alert beside those in the queue; says what the channel made of it.
    pub(super) async fn again(&self, alert: &Alert) -> AlertDelivery {
        let error = match self.channel.deliver_within(alert, PATIENCE).await {
            Ok(()) => None,
            // The patience has ended, and the channel has not spoken: what it owes, it owes as before.
            Err(late @ ChannelError::Late { .. }) => {
                let (channel, time) = (self.name().to_owned(), self.clock.now());
                return AlertDelivery { channel, time, error: Some(late.to_string()) };
            }
            Err(error) => Some(error.to_string()),
        };
        let word = self.keep(alert, self.name(), error);
        if word.error.is_none() {
            self.delivered.fetch_add(1, Ordering::Relaxed);
            self.failed_in_a_row.store(0, Ordering::Relaxed);
        }
        word
    }

    /// How the queue is, also while the task holds it.
    fn report(&self) -> Option<QueueReport> {
        self.raised.report().queues.into_iter().find(|queue| queue.name == self.name())
    }

    /// Keeps what a channel says of an alert, before it is counted: who sees the count sees the word, too.
    fn keep(&self, alert: &Alert, channel: &'static str, error: Option<String>) -> AlertDelivery {
        let (alert, time) = (alert.id, self.clock.now());
        let word = AlertDelivery { channel: channel.to_owned(), time, error: error.clone() };
        self.deliveries.note(alert, word.clone());
        // It is not urgent.
        let _later = self.kept.append(StateFact::Delivered { alert, channel, time, error });
        word
    }

    fn count_failure(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.failed_in_a_row.fetch_add(1, Ordering::Relaxed);
    }
}

impl Handler<Alert> for Route {
    async fn handle(&self, alert: &Alert) -> Result<(), BoxError> {
        let _attempt = Attempt(self);
        if let Err(error) = self.channel.deliver(alert).await {
            self.failed_in_a_row.fetch_add(1, Ordering::Relaxed);
            self.keep(alert, self.name(), Some(error.to_string()));
            let instead = match &self.fallback {
                Some(fallback) => fallback.deliver(alert).await,
                None => Err(error),
            };
            if let Err(error) = instead {
                self.failed.fetch_add(1, Ordering::Relaxed);
                return Err(error.into());
            }
            if let Some(fallback) = &self.fallback {
                self.keep(alert, fallback.name(), None);
            }
            self.delivered.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        self.keep(alert, self.name(), None);
        self.delivered.fetch_add(1, Ordering::Relaxed);
        self.failed_in_a_row.store(0, Ordering::Relaxed);
        Ok(())
    }
}

/// A delivery that is under way. A panic of the channel is a failure like any other.
struct Attempt<'a>(&'a Route);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.count_failure();
        }
    }
}
