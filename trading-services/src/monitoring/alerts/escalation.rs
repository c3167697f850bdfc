//! Escalation of alerts that nobody acknowledges in time.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::lifecycle::Stopping;
use futures::FutureExt;
use tokio::time::Instant;

use super::Settings;
use super::deliveries::Deliveries;
use crate::ports::{Alert, AlertDelivery, AlertLevel, IAlertChannel, IClock, IStateManager, StateFact};
use crate::sync::lock;

/// How often it is looked whose time is over.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Sends an alert once more, through a channel of its own, when nobody has acknowledged it for so long, by the injected clock or by
/// the machine: the one stands still while no message comes, and in a recording that is replayed fast the other one does, almost.
pub(super) struct Escalation {
    channel: Arc<dyn IAlertChannel>,
    after: Duration,
    min_level: AlertLevel,
    /// As many wait as the history has.
    capacity: usize,
    clock: Arc<dyn IClock>,
    kept: Arc<dyn IStateManager>,
    deliveries: Arc<Deliveries>,
    /// Those that nobody has acknowledged yet, by number, and since when this process waits.
    waiting: Mutex<BTreeMap<u64, (Alert, Instant)>>,
}

impl Escalation {
    /// The escalation that the settings declare, if they do, and if its channel is enabled.
    pub(super) fn of<'a>(
        settings: &Settings,
        mut channels: impl Iterator<Item = &'a Arc<dyn IAlertChannel>>,
        clock: &Arc<dyn IClock>,
        kept: &Arc<dyn IStateManager>,
        deliveries: &Arc<Deliveries>,
    ) -> Option<Arc<Self>> {
        let (after, name) = (settings.escalate_after?, settings.escalate_to.as_deref()?);
        let channel = channels.find(|channel| channel.name() == name)?;
        Some(Arc::new(Self {
            channel: Arc::clone(channel),
            after,
            min_level: settings.escalate_from,
            capacity: settings.history,
            clock: Arc::clone(clock),
            kept: Arc::clone(kept),
            deliveries: Arc::clone(deliveries),
            waiting: Mutex::default(),
        }))
    }

    /// Whether an alert is high enough.
    pub(super) fn is_due(&self, alert: &Alert) -> bool {
        alert.level >= self.min_level
    }

    /// Waits for the acknowledgement of an alert of which it is kept that it is due.
    pub(super) fn watch(&self, alert: &Alert) {
        let mut waiting = lock(&self.waiting);
        waiting.insert(alert.id, (alert.clone(), Instant::now()));
        while waiting.len() > self.capacity {
            waiting.pop_first();
        }
    }

    /// Somebody knows of it.
    pub(super) fn acknowledged(&self, alert: u64) {
        lock(&self.waiting).remove(&alert);
    }

    /// Looks again and again, until it is to stop. What is under way then is escalated by the next run.
    pub(super) async fn run(&self, stopping: &Stopping) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let looking = async {
            loop {
                looks.tick().await;
                while let Some(alert) = self.due() {
                    self.escalate(&alert).await;
                }
            }
        };
        tokio::select! {
            () = stopping.requested() => {}
            () = looking => {}
        }
    }

    /// The oldest one whose time is over.
    fn due(&self) -> Option<Alert> {
        let now = self.clock.now();
        let is_over = |(alert, since): &&(Alert, Instant)| now.since(alert.time).max(since.elapsed()) >= self.after;
        lock(&self.waiting).values().find(is_over).map(|(alert, _)| alert.clone())
    }

    async fn escalate(&self, alert: &Alert) {
        let escalated = alert.escalate(self.after);
        // A panic of the channel is a failure like any other.
        let error = match AssertUnwindSafe(self.channel.deliver(&escalated)).catch_unwind().await {
            Ok(delivered) => delivered.err().map(|error| error.to_string()),
            Err(_) => Some("the channel panicked".to_owned()),
        };
        if let Some(error) = &error {
            tracing::error!(alert = alert.id, "an alert could not be escalated: {error}");
        }
        let word = self.keep(alert, error);
        self.deliveries.note(alert.id, word);
        // Once: what has failed is dead, and is sent again by a person.
        self.acknowledged(alert.id);
    }

    fn keep(&self, alert: &Alert, error: Option<String>) -> AlertDelivery {
        let (alert, channel, time) = (alert.id, AlertDelivery::ESCALATION, self.clock.now());
        let word = AlertDelivery { channel: channel.to_owned(), time, error: error.clone() };
        // It is not urgent.
        let _later = self.kept.append(StateFact::Delivered { alert, channel, time, error });
        word
    }
}
