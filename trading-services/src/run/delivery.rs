//! Who delivers alerts while the platform runs, and after it stopped.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{StopHandle, StopSignal, stop_signal};
use crate::interfaces::IAlertService;

/// How long a stop waits for alerts that are under way.
const DRAIN: Duration = Duration::from_secs(5);

/// One task per channel, so that none waits for another.
pub(super) struct Delivery {
    stop: StopHandle,
    tasks: JoinSet<()>,
}

impl Delivery {
    pub(super) fn start(alerts: &Arc<dyn IAlertService>) -> Self {
        let (stop, signal) = stop_signal();
        let mut tasks = JoinSet::new();
        for channel in alerts.channels() {
            tasks.spawn(deliver(Arc::clone(alerts), channel, signal.clone()));
        }
        Self { stop, tasks }
    }

    /// Delivers what is left; gives up what takes too long, and says so.
    pub(super) async fn stop(mut self) {
        self.stop.request();
        let drained = tokio::time::timeout(DRAIN, async { while self.tasks.join_next().await.is_some() {} });
        if drained.await.is_err() {
            let seconds = DRAIN.as_secs();
            tracing::error!(channels = self.tasks.len(), "alerts not delivered within {seconds} s are given up");
        }
    }
}

async fn deliver(alerts: Arc<dyn IAlertService>, channel: &'static str, mut stop: StopSignal) {
    while !stop.is_requested() {
        // Only the waiting is cancelled, never a delivery.
        tokio::select! {
            () = alerts.pending(channel) => {}
            () = stop.requested() => {}
        }
        alerts.deliver_pending(channel).await;
    }
    alerts.deliver_pending(channel).await;
}
