//! Who decides about alerts and keeps their history.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::cool_down::CoolDown;
use super::outbox::Outbox;
use super::{Alert, AlertContext, AlertHandler, AlertLevel, AlertOutcome, AlertStats, AlertThresholds};
use crate::domain::Timestamp;
use crate::interfaces::{IAlertChannel, IAlertService, IClock, IConfigService};
use crate::sync::lock;
use di_core::Many;

/// Decides at once by the injected clock, delivers later through every enabled channel.
pub struct AlertManager {
    thresholds: AlertThresholds,
    capacity: usize,
    clock: Arc<dyn IClock>,
    routes: Vec<Route>,
    handlers: Mutex<Vec<Arc<AlertHandler>>>,
    state: Mutex<State>,
}

struct Route {
    channel: Arc<dyn IAlertChannel>,
    outbox: Outbox,
}

#[derive(Debug, Default)]
struct State {
    cool_down: CoolDown,
    history: VecDeque<Arc<Alert>>,
    stats: AlertStats,
}

#[di_core::service(provides = IAlertService)]
impl AlertManager {
    /// A manager without history.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>, clock: Arc<dyn IClock>, channels: Many<dyn IAlertChannel>) -> Self {
        let settings = config.get();
        let settings = &settings.alerts;
        let thresholds = AlertThresholds {
            min_level: settings.min_level,
            cool_down: settings.cool_down,
            dedupe_window: settings.dedupe_window,
        };
        let enabled = channels.iter().filter(|channel| channel.is_enabled());
        let route =
            |channel: &Arc<dyn IAlertChannel>| Route { channel: Arc::clone(channel), outbox: Outbox::default() };
        let routes = enabled.map(route).collect();
        Self {
            thresholds,
            capacity: settings.history,
            clock,
            routes,
            handlers: Mutex::default(),
            state: Mutex::default(),
        }
    }

    fn decide(&self, message: &str, level: AlertLevel, context: AlertContext) -> Result<Arc<Alert>, AlertOutcome> {
        let time = self.clock.now();
        let mut state = lock(&self.state);
        let State { cool_down, history, stats } = &mut *state;
        if let Some(outcome) = cool_down.suppress(message, level, &context, time, self.thresholds) {
            match outcome {
                AlertOutcome::Duplicate => stats.duplicates += 1,
                AlertOutcome::CoolingDown => stats.cooled_down += 1,
                AlertOutcome::BelowLevel => stats.below_level += 1,
                AlertOutcome::Sent(_) => {}
            }
            return Err(outcome);
        }
        stats.sent += 1;
        let AlertContext { rule, symbol } = context;
        let alert = Arc::new(Alert { id: stats.sent, time, level, rule, symbol, message: message.to_owned() });
        if history.len() >= self.capacity {
            history.pop_front();
        }
        history.push_back(Arc::clone(&alert));
        for route in &self.routes {
            stats.dropped += u64::from(route.outbox.push(Arc::clone(&alert)));
        }
        Ok(alert)
    }

    fn route(&self, channel: &str) -> Option<&Route> {
        self.routes.iter().find(|route| route.channel.name() == channel)
    }
}

#[di_core::interface]
impl IAlertService for AlertManager {
    fn send_alert(&self, message: &str, level: AlertLevel, context: AlertContext) -> AlertOutcome {
        let alert = match self.decide(message, level, context) {
            Ok(alert) => alert,
            Err(outcome) => return outcome,
        };
        // No lock is held here: a handler may raise an alert or register another handler.
        let handlers = lock(&self.handlers).clone();
        for handler in handlers {
            handler(&alert);
        }
        AlertOutcome::Sent(alert.id)
    }

    fn batch_send(&self, alerts: Vec<(String, AlertLevel, AlertContext)>) -> Vec<AlertOutcome> {
        let send = |(message, level, context): (String, _, _)| self.send_alert(&message, level, context);
        alerts.into_iter().map(send).collect()
    }

    fn register_handler(&self, handler: AlertHandler) {
        lock(&self.handlers).push(Arc::new(handler));
    }

    fn thresholds(&self) -> AlertThresholds {
        self.thresholds
    }

    fn alerts(&self, level: Option<AlertLevel>, limit: usize, since: Option<Timestamp>) -> Vec<Alert> {
        let state = lock(&self.state);
        let newest_first = state.history.iter().rev();
        let wanted = newest_first.filter(|alert| {
            level.is_none_or(|level| alert.level >= level) && since.is_none_or(|since| alert.time >= since)
        });
        wanted.take(limit).map(|alert| Alert::clone(alert)).collect()
    }

    fn stats(&self) -> AlertStats {
        lock(&self.state).stats
    }

    fn channels(&self) -> Vec<&'static str> {
        self.routes.iter().map(|route| route.channel.name()).collect()
    }

    async fn pending(&self, channel: &str) {
        match self.route(channel) {
            Some(route) => route.outbox.filled().await,
            None => std::future::pending().await,
        }
    }

    async fn deliver_pending(&self, channel: &str) -> usize {
        let Some(route) = self.route(channel) else {
            return 0;
        };
        let mut taken = 0;
        while let Some(alert) = route.outbox.pop() {
            taken += 1;
            let outcome = route.channel.deliver(&alert).await;
            match outcome {
                Ok(()) => lock(&self.state).stats.delivered += 1,
                Err(error) => {
                    lock(&self.state).stats.failed += 1;
                    tracing::error!(channel, alert = alert.id, %error, "alert not delivered");
                }
            }
        }
        taken
    }
}

impl std::fmt::Debug for AlertManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlertManager").field("channels", &self.channels()).finish_non_exhaustive()
    }
}
