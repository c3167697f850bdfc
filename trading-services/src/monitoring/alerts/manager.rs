//! Decisions about alerts, and their history.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use di_core::dependency::Many;
use di_core::error::BoxError;
use di_core::events::Topic;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle, Restart};

use super::Settings;
use super::cool_down::CoolDown;
use super::deliveries::Deliveries;
use super::escalation::Escalation;
use super::restored::Restored;
use super::route::Route;
use crate::model::Timestamp;
use crate::ports::{
    Alert, AlertContext, AlertDelivery, AlertLevel, AlertOutcome, AlertStats, AlertThresholds, IAlertChannel,
    IAlertService, IClock, IConfigService, IStateManager, OpenAlerts, StateError, StateFact,
};
use crate::sync::lock;

/// Decides at once by the injected clock, publishes what it sends, and delivers it later through every enabled channel.
///
/// Each channel listens to the topic like anybody else, from the construction on, so that no alert comes too early.
/// Between start and stop a task per channel delivers. Stopping, each delivers what is left; what is not delivered within
/// the budget of the stop is left to the next run, and the channel is named. So is what a process that is killed has not
/// delivered: an alert may come twice, and is not lost.
///
/// Where `alerts.escalate_after` says so, an alert that nobody acknowledges is sent once more through `alerts.escalate_to`.
pub struct AlertManager {
    thresholds: AlertThresholds,
    capacity: usize,
    first_id: u64,
    clock: Arc<dyn IClock>,
    routes: Vec<Arc<Route>>,
    escalation: Option<Arc<Escalation>>,
    raised: Arc<Topic<Alert>>,
    deliveries: Arc<Deliveries>,
    /// What outlives this service.
    kept: Arc<dyn IStateManager>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    cool_down: CoolDown,
    history: VecDeque<Alert>,
    /// The numbers of those in the history that somebody knows of.
    acknowledged: BTreeSet<u64>,
    stats: AlertStats,
}

#[di_core::service(provides = IAlertService, lifecycle(stop = "5s"), health)]
impl AlertManager {
    /// A manager with the history that is kept; numbers go on after it.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        channels: Many<dyn IAlertChannel>,
        raised: Arc<Topic<Alert>>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, StateError> {
        let settings = config.section::<Settings>();
        let thresholds = AlertThresholds {
            min_level: settings.min_level,
            cool_down: settings.cool_down,
            dedupe_window: settings.dedupe_window,
        };
        let (deliveries, restored) = (Arc::new(Deliveries::new(settings.history)), Restored::of(&kept.facts()?));
        let enabled = || channels.iter().filter(|channel| channel.is_enabled());
        let fallback = enabled().find(|channel| settings.fallback.as_deref() == Some(channel.name()));
        let routes = enabled().map(|channel| {
            let fallback = fallback.filter(|fallback| fallback.name() != channel.name());
            let left = restored.pending(channel.name()).cloned().collect();
            Arc::new(Route::new(channel, fallback, &raised, &clock, &kept, &deliveries, left))
        });
        let routes = routes.collect();
        let escalation = Escalation::of(&settings, enabled(), &clock, &kept, &deliveries);
        if let Some(escalation) = &escalation {
            let unseen = |alert: &&Alert| !restored.acknowledged.contains(&alert.id);
            restored.pending(AlertDelivery::ESCALATION).filter(unseen).for_each(|alert| escalation.watch(alert));
        }
        let first_id = settings.first_id.max(restored.next_id());
        let Restored { alerts, acknowledged, words } = restored;
        for (alert, word) in words.into_iter().filter(|(_, word)| !word.is_pending()) {
            deliveries.note(alert, word);
        }
        let forgotten = alerts.len().saturating_sub(settings.history);
        let history = alerts.into_values().skip(forgotten).collect();
        let state = Mutex::new(State { history, acknowledged, ..State::default() });
        let capacity = settings.history;
        Ok(Self { thresholds, capacity, first_id, clock, routes, escalation, raised, deliveries, kept, state })
    }

    fn decide(&self, message: &str, level: AlertLevel, context: AlertContext) -> Result<Alert, AlertOutcome> {
        let time = self.clock.now();
        let mut state = lock(&self.state);
        let State { cool_down, history, acknowledged, stats } = &mut *state;
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
        let AlertContext { rule, instrument, service } = context;
        let id = self.first_id.saturating_add(stats.sent - 1);
        let alert = Alert { id, time, level, rule, instrument, service, message: message.to_owned(), escalated: false };
        if history.len() >= self.capacity
            && let Some(forgotten) = history.pop_front()
        {
            acknowledged.remove(&forgotten.id);
        }
        history.push_back(alert.clone());
        let escalation = self.escalation.as_ref().filter(|escalation| escalation.is_due(&alert));
        let channels = self.routes.iter().map(|route| route.name());
        let due = channels.chain(escalation.map(|_| AlertDelivery::ESCALATION)).collect();
        // Before it is published: a process that is killed then delivers it the next time. It is not urgent; numbers are kept in
        // their order, for the lock is held.
        let _later = self.kept.append(StateFact::Raised { alert: Box::new(alert.clone()), due });
        if let Some(escalation) = escalation {
            escalation.watch(&alert);
        }
        Ok(alert)
    }
}

#[di_core::interface]
impl Lifecycle for AlertManager {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        for route in &self.routes {
            let route = Arc::clone(route);
            // Nothing of a channel ends the task: what fails or panics becomes a dead letter.
            context.supervise(format!("deliver to {}", route.name()), Restart::Never, move |stopping| {
                let route = Arc::clone(&route);
                async move {
                    route.deliver(&stopping).await;
                    Ok(())
                }
            });
        }
        if let Some(escalation) = &self.escalation {
            let escalation = Arc::clone(escalation);
            context.supervise("escalate alerts", Restart::Never, move |stopping| {
                let escalation = Arc::clone(&escalation);
                async move {
                    escalation.run(&stopping).await;
                    Ok(())
                }
            });
        }
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for AlertManager {
    async fn check(&self) -> Result<Health, BoxError> {
        let failing: Vec<_> = self.routes.iter().filter(|route| route.failed_in_a_row() > 0).collect();
        let lost = |route: &&Arc<Route>| format!("`{}` lost the last {}", route.name(), route.failed_in_a_row());
        let health = if failing.is_empty() {
            Health::healthy()
        } else {
            let reasons: Vec<_> = failing.iter().map(lost).collect();
            Health::degraded(reasons.join(", ")).suggest("see in the log why the channel could not deliver")
        };
        let AlertStats { sent, delivered, failed, dropped, pending, .. } = self.stats();
        let health = health.with("sent", sent).with("delivered", delivered).with("pending", pending);
        Ok(health.with("undelivered", failed + dropped))
    }
}

#[di_core::interface]
impl IAlertService for AlertManager {
    fn send_alert(&self, message: &str, level: AlertLevel, context: AlertContext) -> AlertOutcome {
        let alert = match self.decide(message, level, context) {
            Ok(alert) => alert,
            Err(outcome) => return outcome,
        };
        let id = alert.id;
        // No lock is held here: who hears of it may raise another. Nobody is waited for, and the bus counts who missed it.
        let _missed = self.raised.publish(alert).now();
        AlertOutcome::Sent(id)
    }

    fn batch_send(&self, alerts: Vec<(String, AlertLevel, AlertContext)>) -> Vec<AlertOutcome> {
        let send = |(message, level, context): (String, _, _)| self.send_alert(&message, level, context);
        alerts.into_iter().map(send).collect()
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
        wanted.take(limit).cloned().collect()
    }

    fn open(&self, level: AlertLevel, limit: usize) -> OpenAlerts {
        let State { history, acknowledged, .. } = &*lock(&self.state);
        let mut open = OpenAlerts::default();
        for alert in history.iter().rev().filter(|alert| alert.level >= level && !acknowledged.contains(&alert.id)) {
            open.total += 1;
            if open.latest.len() < limit {
                open.latest.push(alert.clone());
            }
        }
        open
    }

    fn acknowledge(&self, id: u64, by: &str) -> bool {
        let mut state = lock(&self.state);
        let is_known = state.history.iter().any(|alert| alert.id == id);
        if is_known {
            state.acknowledged.insert(id);
            if let Some(escalation) = &self.escalation {
                escalation.acknowledged(id);
            }
            let (by, time) = (by.to_owned(), self.clock.now());
            let _later = self.kept.append(StateFact::Acknowledged { alert: id, by, time });
        }
        is_known
    }

    fn is_acknowledged(&self, id: u64) -> bool {
        lock(&self.state).acknowledged.contains(&id)
    }

    async fn resend(&self, id: u64) -> Option<Vec<AlertDelivery>> {
        let alert = lock(&self.state).history.iter().find(|alert| alert.id == id).cloned()?;
        let mut said = Vec::new();
        for route in &self.routes {
            said.push(route.again(&alert).await);
        }
        Some(said)
    }

    fn deliveries(&self, id: u64) -> Vec<AlertDelivery> {
        self.deliveries.of(id)
    }

    fn stats(&self) -> AlertStats {
        let sum = |count: fn(&Route) -> u64| self.routes.iter().map(|route| count(route)).sum();
        let (delivered, failed) = (sum(Route::delivered), sum(Route::failed));
        let (dropped, pending) = (sum(Route::dropped), sum(Route::pending));
        AlertStats { delivered, failed, dropped, pending, ..lock(&self.state).stats }
    }

    fn channels(&self) -> Vec<&'static str> {
        self.routes.iter().map(|route| route.name()).collect()
    }
}

impl std::fmt::Debug for AlertManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlertManager").field("channels", &self.channels()).finish_non_exhaustive()
    }
}
