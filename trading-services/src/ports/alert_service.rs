//! The interface of the service of alerts.

use crate::model::Timestamp;
use crate::ports::{
    Alert, AlertContext, AlertDelivery, AlertLevel, AlertOutcome, AlertStats, AlertThresholds, OpenAlerts,
};

/// Decides about alerts, keeps their history, and delivers them.
///
/// Each alert that is sent is published on its topic, at once and on the thread that raised it: an `Arc<Topic<Alert>>` is
/// how others hear of it.
///
/// Deciding is immediate and depends on the injected clock only; delivering may wait for a network.
#[di_core::interface]
pub trait IAlertService {
    /// Raises an alert; it is sent, or suppressed as a duplicate, within its cool-down, or below the lowest level.
    fn send_alert(&self, message: &str, level: AlertLevel, context: AlertContext) -> AlertOutcome;

    /// Raises several, in order.
    fn batch_send(&self, alerts: Vec<(String, AlertLevel, AlertContext)>) -> Vec<AlertOutcome>;

    /// The configured limits.
    fn thresholds(&self) -> AlertThresholds;

    /// Alerts that were sent, newest first: at least of that level, at most `limit`, not before `since`.
    fn alerts(&self, level: Option<AlertLevel>, limit: usize, since: Option<Timestamp>) -> Vec<Alert>;

    /// Alerts of the history, at least of that level, that nobody has acknowledged: how many, and the newest `limit` of them.
    fn open(&self, level: AlertLevel, limit: usize) -> OpenAlerts;

    /// `by` says that they know of an alert; false when there is none of that number in the history.
    fn acknowledge(&self, id: u64, by: &str) -> bool;

    /// Whether somebody has said so.
    fn is_acknowledged(&self, id: u64) -> bool;

    /// Delivers an alert again by every channel that is enabled, at once, and says what each made of it; `None` when there is
    /// none of that number in the history.
    async fn resend(&self, id: u64) -> Option<Vec<AlertDelivery>>;

    /// The last word of each channel about an alert, also from before a restart; one that has not spoken yet is not among
    /// them.
    fn deliveries(&self, id: u64) -> Vec<AlertDelivery>;

    /// What was counted since the start.
    fn stats(&self) -> AlertStats;

    /// The names of the channels that are enabled.
    fn channels(&self) -> Vec<&'static str>;
}
