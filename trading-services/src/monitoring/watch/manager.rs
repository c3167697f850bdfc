//! The monitor of all symbols.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use di_core::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Backoff, Context, Lifecycle, Restart};

use super::supervised::Supervised;
use crate::model::{MarketEvent, Symbol, Timestamp};
use crate::ports::{
    IClock, IMarketDataService, IMonitoringService, ISymbolWatches, Ingested, MarketView, MonitorError, MonitorState,
    MonitoringStatus, SymbolHealth,
};
use crate::sync::lock;

/// A watch that panics is made anew, but not for ever: the platform would be blind for that symbol and not say so.
const RESTART: Restart = Restart::OnFailure { intensity: 3, period: Duration::from_secs(60), backoff: Backoff::NONE };

/// Supervises one scope per symbol, which watches its freshness, lag, gaps and prices; a symbol that is added gets a new
/// one, and with a symbol that is removed goes everything that was known about it.
///
/// A watch that panics takes nobody with it: it is made anew, three times within a minute, and then the platform stops
/// and names it. What it knew is lost.
pub struct MarketMonitor {
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    watches: Arc<dyn ISymbolWatches>,
    state: Mutex<State>,
    /// Who restarts; nobody before the first start. It is the same at a second one.
    context: OnceLock<Context>,
}

#[derive(Default)]
struct State {
    since: Option<Timestamp>,
    /// Whether symbols are added with their first message.
    watches_all: bool,
    symbols: BTreeMap<Symbol, Arc<Supervised>>,
}

#[di_core::service(provides = IMonitoringService, lifecycle, health)]
impl MarketMonitor {
    /// A monitor that watches nothing yet.
    #[constructor]
    pub fn new(clock: Arc<dyn IClock>, market: Arc<dyn IMarketDataService>, watches: Arc<dyn ISymbolWatches>) -> Self {
        Self { clock, market, watches, state: Mutex::default(), context: OnceLock::new() }
    }

    fn supervised(&self, symbol: &Symbol) -> Arc<Supervised> {
        let supervised = Arc::new(Supervised::new(symbol.clone(), Arc::clone(&self.watches)));
        if let Some(context) = self.context.get() {
            supervise(context, symbol, &supervised);
        }
        supervised
    }
}

#[di_core::interface]
impl Lifecycle for MarketMonitor {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let state = lock(&self.state);
        let context = self.context.get_or_init(|| context.clone());
        for (symbol, supervised) in &state.symbols {
            supervise(context, symbol, supervised);
        }
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        self.stop_monitoring();
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for MarketMonitor {
    async fn check(&self) -> Result<Health, BoxError> {
        let watches: Vec<_> = lock(&self.state).symbols.values().map(|watch| watch.health()).collect();
        let known: Vec<_> = watches.iter().flatten().collect();
        let stale: Vec<_> =
            known.iter().filter(|health| health.is_stale).map(|health| health.symbol.as_str()).collect();
        let health = if known.len() < watches.len() {
            Health::degraded("a watch has panicked and is being restarted").suggest("read in the log why it panicked")
        } else if stale.is_empty() {
            Health::healthy()
        } else {
            Health::degraded(format!("silent: {}", stale.join(", "))).suggest("see whether they are still traded")
        };
        let restarts: u64 = known.iter().map(|health| health.restarts).sum();
        Ok(health.with("symbols", watches.len()).with("restarts", restarts))
    }
}

impl IMonitoringService for MarketMonitor {
    fn start_monitoring(&self, symbols: &[Symbol]) {
        let mut state = lock(&self.state);
        state.since = Some(self.clock.now());
        state.watches_all = symbols.is_empty();
        for symbol in symbols {
            state.symbols.entry(symbol.clone()).or_insert_with(|| self.supervised(symbol));
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
        let supervised = self.supervised(&symbol);
        state.symbols.insert(symbol, supervised);
        Ok(())
    }

    fn remove_symbol(&self, symbol: &Symbol) -> Result<(), MonitorError> {
        let mut state = lock(&self.state);
        // Otherwise its next message would bring it back.
        state.watches_all = false;
        let removed = state.symbols.remove(symbol).ok_or_else(|| MonitorError::NotMonitored(symbol.clone()))?;
        removed.remove();
        Ok(())
    }

    fn monitored_symbols(&self) -> Vec<Symbol> {
        lock(&self.state).symbols.keys().cloned().collect()
    }

    fn monitoring_status(&self) -> MonitoringStatus {
        let state = lock(&self.state);
        let now = self.clock.now();
        let is_fresh = |watch: &Arc<Supervised>| watch.health().is_some_and(|health| !health.is_stale);
        let monitor_state = match state.since {
            None => MonitorState::Stopped,
            Some(_) if !state.symbols.values().all(is_fresh) => MonitorState::Degraded,
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
        let watch = state.symbols.get(symbol).ok_or_else(|| MonitorError::NotMonitored(symbol.clone()))?;
        watch.health().ok_or_else(|| MonitorError::Restarting(symbol.clone()))
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        let symbol = event.symbol();
        let mut state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        if state.watches_all && !state.symbols.contains_key(symbol) {
            state.symbols.insert(symbol.clone(), self.supervised(symbol));
        }
        let watch = state.symbols.get(symbol).cloned();
        // Before an alert is raised: its handler may ask the monitor.
        drop(state);
        if let Some(watch) = watch {
            watch.look(|watch| watch.observe(event, ingested));
        }
    }

    fn check(&self) {
        let views = self.market.all_market_data();
        let state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        let watch = |view: &MarketView| state.symbols.get(&view.symbol).cloned();
        let watched: Vec<_> = views.into_iter().filter_map(|view| Some((watch(&view)?, view))).collect();
        drop(state);
        for (watch, view) in watched {
            watch.look(|watch| watch.check(&view));
        }
    }
}

fn supervise(context: &Context, symbol: &Symbol, watch: &Arc<Supervised>) {
    let watch = Arc::clone(watch);
    context.supervise(format!("watch {symbol}"), RESTART, move |stopping| {
        let watch = Arc::clone(&watch);
        async move { Ok(watch.keep(&stopping).await?) }
    });
}

impl std::fmt::Debug for MarketMonitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketMonitor").finish_non_exhaustive()
    }
}
