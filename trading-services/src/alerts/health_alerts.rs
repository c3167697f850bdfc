//! Who raises an alert when a service of the platform does not work.

use std::sync::Arc;

use di_core::BoxError;
use di_core::health::{HealthEvent, HealthStatus};
use di_core::lifecycle::{Context, Lifecycle};

use super::{AlertContext, AlertLevel};
use crate::interfaces::IAlertService;

/// Turns the health of services into alerts: an error when one becomes unhealthy, with what could be done about it, and
/// an info when it has recovered.
///
/// They are about a [service](AlertContext::service) and therefore not in the event log.
pub struct HealthAlerts {
    alerts: Arc<dyn IAlertService>,
}

#[di_core::service(lifecycle)]
impl HealthAlerts {
    /// Nothing is raised before the start.
    #[constructor]
    pub fn new(alerts: Arc<dyn IAlertService>) -> Self {
        Self { alerts }
    }
}

#[di_core::interface]
impl Lifecycle for HealthAlerts {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let (mut events, alerts) = (context.health().subscribe(), Arc::clone(&self.alerts));
        context.spawn("listen to the health of services", async move {
            while let Some(event) = events.next().await {
                if let Some((level, message, rule)) = alert(&event) {
                    alerts.send_alert(&message, level, AlertContext::service(rule, event.service()));
                }
            }
            Ok(())
        });
        Ok(())
    }
}

impl std::fmt::Debug for HealthAlerts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HealthAlerts").finish_non_exhaustive()
    }
}

/// What an event is worth. A service that is only affected by another one is worth nothing: the other is told of.
///
/// There are two rules, so that the cool-down of bad news does not keep back the good.
fn alert(event: &HealthEvent) -> Option<(AlertLevel, String, &'static str)> {
    match event {
        HealthEvent::Unhealthy(unhealthy) => {
            let (service, errors) = (unhealthy.service, unhealthy.errors.join("; "));
            let actions = unhealthy.suggested_actions.join("; or ");
            Some((AlertLevel::Error, format!("{service}: unhealthy: {errors}; {actions}"), "unhealthy"))
        }
        HealthEvent::Changed(changed) => {
            let has_recovered =
                changed.from == HealthStatus::Unhealthy && changed.record.status == HealthStatus::Healthy;
            has_recovered.then(|| (AlertLevel::Info, format!("{}: healthy again", changed.service), "recovered"))
        }
        _ => None,
    }
}
