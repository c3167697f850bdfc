//! Who watches the symbols.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use di_core::Factory;

use super::{MonitorError, MonitorState, MonitoringStatus, SymbolHealth, SymbolWatch};
use crate::app::{SymbolScope, SymbolScopeInputs};
use crate::domain::{MarketEvent, Symbol, Timestamp};
use crate::interfaces::{IClock, IMarketDataService, IMonitoringService};
use crate::market_data::{Ingested, MarketView};
use crate::sync::lock;

/// Supervises one scope per symbol, which watches its freshness, lag, gaps and prices; a symbol that is added gets a new
/// one, and with a symbol that is removed goes everything that was known about it.
pub struct MarketMonitor {
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    scopes: Factory<SymbolScope, (SymbolScopeInputs,)>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    since: Option<Timestamp>,
    /// Whether symbols are added with their first message.
    watches_all: bool,
    symbols: BTreeMap<Symbol, Arc<SymbolScope>>,
}

#[di_core::service(provides = IMonitoringService)]
impl MarketMonitor {
    /// A monitor that watches nothing yet.
    #[constructor]
    pub fn new(
        clock: Arc<dyn IClock>,
        market: Arc<dyn IMarketDataService>,
        scopes: Factory<SymbolScope, (SymbolScopeInputs,)>,
    ) -> Self {
        Self { clock, market, scopes, state: Mutex::default() }
    }

    fn scope(&self, symbol: &Symbol) -> Arc<SymbolScope> {
        Arc::new(self.scopes.make((SymbolScopeInputs { symbol: symbol.clone() },)))
    }
}

impl IMonitoringService for MarketMonitor {
    fn start_monitoring(&self, symbols: &[Symbol]) {
        let mut state = lock(&self.state);
        state.since = Some(self.clock.now());
        state.watches_all = symbols.is_empty();
        for symbol in symbols {
            state.symbols.entry(symbol.clone()).or_insert_with(|| self.scope(symbol));
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
        let scope = self.scope(&symbol);
        state.symbols.insert(symbol, scope);
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
            Some(_) if state.symbols.values().any(|scope| watch(scope).health().is_stale) => MonitorState::Degraded,
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
        let scope = state.symbols.get(symbol).ok_or_else(|| MonitorError::NotMonitored(symbol.clone()))?;
        Ok(watch(scope).health())
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        let symbol = event.symbol();
        let mut state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        if state.watches_all && !state.symbols.contains_key(symbol) {
            state.symbols.insert(symbol.clone(), self.scope(symbol));
        }
        let scope = state.symbols.get(symbol).cloned();
        // Before an alert is raised: its handler may ask the monitor.
        drop(state);
        if let Some(scope) = scope {
            watch(&scope).observe(event, ingested);
        }
    }

    fn check(&self) {
        let views = self.market.all_market_data();
        let state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        let scope = |view: &MarketView| state.symbols.get(&view.symbol).cloned();
        let watched: Vec<_> = views.into_iter().filter_map(|view| Some((scope(&view)?, view))).collect();
        drop(state);
        for (scope, view) in watched {
            watch(&scope).check(&view);
        }
    }
}

fn watch(scope: &SymbolScope) -> &SymbolWatch {
    scope.get()
}

impl std::fmt::Debug for MarketMonitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketMonitor").field("scopes", &self.scopes).finish_non_exhaustive()
    }
}
