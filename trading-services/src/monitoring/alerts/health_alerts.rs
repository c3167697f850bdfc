//! Alerts about services that do not work.

use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::events::{Subscription, Topic};
use di_core::health::{HealthChanged, HealthStatus, ServiceUnhealthy};
use di_core::lifecycle::{Context, Lifecycle};

use crate::ports::{AlertContext, AlertLevel, IAlertService};
use crate::sync::lock;

/// Turns the health of services into alerts: an error when one becomes unhealthy, with what could be done about it, and
/// an info when it has recovered.
///
/// A service that is only affected by another one is worth nothing: the other is told of. There are two rules,
/// `unhealthy` and `recovered`, so that the cool-down of bad news does not keep back the good. The alerts are about a
/// [service](AlertContext::service) and therefore not in the event log.
pub struct HealthAlerts {
    alerts: Arc<dyn IAlertService>,
    unhealthy: Arc<Topic<ServiceUnhealthy>>,
    changed: Arc<Topic<HealthChanged>>,
    /// Between start and stop.
    listening: Mutex<Vec<Subscription>>,
}

#[di_core::service(lifecycle)]
impl HealthAlerts {
    /// Nothing is raised before the start.
    #[constructor]
    pub fn new(
        alerts: Arc<dyn IAlertService>,
        unhealthy: Arc<Topic<ServiceUnhealthy>>,
        changed: Arc<Topic<HealthChanged>>,
    ) -> Self {
        Self { alerts, unhealthy, changed, listening: Mutex::default() }
    }
}

#[di_core::interface]
impl Lifecycle for HealthAlerts {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        // Raised at once, in the thread that has seen it: good and bad news of a service keep their order.
        let alerts = Arc::clone(&self.alerts);
        let unhealthy = self.unhealthy.observe("health alerts", move |told| {
            alerts.send_alert(&bad_news(told), AlertLevel::Error, AlertContext::service("unhealthy", told.service));
        });
        let alerts = Arc::clone(&self.alerts);
        let changed = self.changed.observe("health alerts", move |told| {
            if told.from == HealthStatus::Unhealthy && told.record.status == HealthStatus::Healthy {
                let message = format!("{}: healthy again", told.service);
                alerts.send_alert(&message, AlertLevel::Info, AlertContext::service("recovered", told.service));
            }
        });
        *lock(&self.listening) = vec![unhealthy, changed];
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        lock(&self.listening).clear();
        Ok(())
    }
}

fn bad_news(told: &ServiceUnhealthy) -> String {
    let (errors, actions) = (told.errors.join("; "), told.suggested_actions.join("; or "));
    format!("{}: unhealthy: {errors}; {actions}", told.service)
}

impl std::fmt::Debug for HealthAlerts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HealthAlerts").finish_non_exhaustive()
    }
}
