//! Who watches the symbols.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::state::Watched;
use super::{MonitorError, MonitorState, MonitoringStatus, SymbolHealth, rules};
use crate::alerts::{AlertContext, AlertLevel};
use crate::config::MonitorSettings;
use crate::domain::{MarketEvent, Symbol, Timestamp};
use crate::interfaces::{IAlertService, IClock, IConfigService, IMarketDataService, IMonitoringService};
use crate::market_data::{Freshness, Ingested};
use crate::sync::lock;

/// Watches symbols: freshness, lag, gaps, prices; raises alerts.
pub struct MarketMonitor {
    settings: MonitorSettings,
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    alerts: Arc<dyn IAlertService>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    since: Option<Timestamp>,
    /// Whether symbols are added with their first message.
    watches_all: bool,
    symbols: BTreeMap<Symbol, Watched>,
}

#[di_core::service(provides = IMonitoringService)]
impl MarketMonitor {
    /// A monitor that watches nothing yet.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        market: Arc<dyn IMarketDataService>,
        alerts: Arc<dyn IAlertService>,
    ) -> Self {
        Self { settings: config.get().monitor.clone(), clock, market, alerts, state: Mutex::default() }
    }
}

impl IMonitoringService for MarketMonitor {
    fn start_monitoring(&self, symbols: &[Symbol]) {
        let mut state = lock(&self.state);
        state.since = Some(self.clock.now());
        state.watches_all = symbols.is_empty();
        for symbol in symbols {
            state.symbols.entry(symbol.clone()).or_default();
        }
    }

    fn stop_monitoring(&self) {
        lock(&self.state).since = None;
    }

    fn add_symbol(&self, symbol: Symbol) -> Result<(), MonitorError> {
        let mut state = lock(&self.state);
        if state.symbols.contains_key(&symbol) {
            return Err(MonitorError::AlreadyMonitored(symbol));
        }
        state.symbols.insert(symbol, Watched::default());
        Ok(())
    }

    fn remove_symbol(&self, symbol: &Symbol) -> Result<(), MonitorError> {
        let mut state = lock(&self.state);
        // Otherwise its next message would bring it back.
        state.watches_all = false;
        let removed = state.symbols.remove(symbol);
        removed.map(drop).ok_or_else(|| MonitorError::NotMonitored(symbol.clone()))
    }

    fn monitored_symbols(&self) -> Vec<Symbol> {
        lock(&self.state).symbols.keys().cloned().collect()
    }

    fn monitoring_status(&self) -> MonitoringStatus {
        let state = lock(&self.state);
        let now = self.clock.now();
        let monitor_state = match state.since {
            None => MonitorState::Stopped,
            Some(_) if state.symbols.values().any(|watched| watched.is_stale) => MonitorState::Degraded,
            Some(_) => MonitorState::Running,
        };
        MonitoringStatus {
            state: monitor_state,
            symbols: state.symbols.keys().cloned().collect(),
            uptime: state.since.map_or_else(Default::default, |since| now.since(since)),
        }
    }

    fn monitoring_data(&self, symbol: &Symbol) -> Result<SymbolHealth, MonitorError> {
        let state = lock(&self.state);
        let watched = state.symbols.get(symbol).ok_or_else(|| MonitorError::NotMonitored(symbol.clone()))?;
        Ok(watched.health(symbol))
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        let symbol = event.symbol();
        let mut state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        if state.watches_all && !state.symbols.contains_key(symbol) {
            state.symbols.insert(symbol.clone(), Watched::default());
        }
        let Some(watched) = state.symbols.get_mut(symbol) else {
            return;
        };
        watched.events += 1;
        watched.last_event = watched.last_event.max(Some(event.received));
        watched.gaps += u64::from(ingested.gap.is_some());
        if let Some(time) = event.venue_time() {
            let nanos = |time: Timestamp| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
            watched.lag_nanos = Some(nanos(event.received) - nanos(time));
        }
        let findings = rules::findings(&self.settings, event, ingested, watched);
        drop(state);
        for (message, level, context) in findings {
            self.alerts.send_alert(&message, level, context);
        }
    }

    fn check(&self) {
        let views = self.market.all_market_data();
        let mut changed = Vec::new();
        let mut state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        for view in views {
            let Some(watched) = state.symbols.get_mut(&view.symbol) else {
                continue;
            };
            let is_stale = view.freshness == Freshness::Degraded;
            if is_stale != watched.is_stale {
                watched.is_stale = is_stale;
                changed.push((view, is_stale));
            }
        }
        drop(state);
        for (view, is_stale) in changed {
            let symbol = &view.symbol;
            if is_stale {
                let message = format!("{symbol}: degraded, nothing received since {}", view.last_event);
                self.alerts.send_alert(&message, AlertLevel::Warning, AlertContext::symbol("stale", symbol));
            } else {
                let message = format!("{symbol}: recovered, received again at {}", view.last_event);
                self.alerts.send_alert(&message, AlertLevel::Info, AlertContext::symbol("recovered", symbol));
            }
        }
    }
}

impl std::fmt::Debug for MarketMonitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketMonitor").field("settings", &self.settings).finish_non_exhaustive()
    }
}
