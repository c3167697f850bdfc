//! The monitor of all symbols.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Backoff, Context, Lifecycle, Restart};

use super::supervised::Supervised;
use crate::model::{InstrumentId, MarketEvent, Symbol, Timestamp};
use crate::ports::{
    Confluence, IAnalysisService, IClock, IMarketDataService, IMonitoringService, ISymbolWatches, Ingested, MarketView,
    MonitorError, MonitorState, MonitoringStatus, SymbolHealth,
};
use crate::sync::lock;

/// A watch that panics is made anew, but not for ever: the platform would be blind for that symbol and not say so.
const RESTART: Restart = Restart::OnFailure { intensity: 3, period: Duration::from_secs(60), backoff: Backoff::NONE };

/// How long, by the clock of events, an analysis is the last one. However often people ask, and for however many symbols, each
/// is analysed once in that time.
const ANALYSED_EVERY: Duration = Duration::from_secs(1);

/// Supervises one scope per symbol, which watches its freshness, lag, gaps and prices; a symbol that is added gets a new
/// one, and with a symbol that is removed goes everything that was known about it.
///
/// A watch that panics takes nobody with it: it is made anew, three times within a minute, and then the platform stops
/// and names it. What it knew is lost.
pub struct MarketMonitor {
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    watches: Arc<dyn ISymbolWatches>,
    analysis: Arc<dyn IAnalysisService>,
    state: Mutex<State>,
    /// What was answered last.
    analyses: Mutex<BTreeMap<InstrumentId, Arc<Mutex<Option<Analysed>>>>>,
    /// Who restarts; nobody before the first start. It is the same at a second one.
    context: OnceLock<Context>,
}

/// The last analysis of an instrument; there may be nothing to analyse yet.
struct Analysed {
    time: Timestamp,
    analysis: Option<Confluence>,
}

#[derive(Default)]
struct State {
    since: Option<Timestamp>,
    chosen: Chosen,
    /// Each begins with the first message about its instrument.
    watches: BTreeMap<InstrumentId, Arc<Supervised>>,
}

/// Which symbols are watched.
#[derive(Debug, Default)]
struct Chosen {
    /// Every symbol that sends something, but for those that were removed.
    all: bool,
    removed: BTreeSet<Symbol>,
    named: BTreeSet<Symbol>,
}

impl Chosen {
    fn of(symbols: &[Symbol]) -> Self {
        Self { all: symbols.is_empty(), removed: BTreeSet::new(), named: symbols.iter().cloned().collect() }
    }

    fn contains(&self, symbol: &Symbol) -> bool {
        self.named.contains(symbol) || (self.all && !self.removed.contains(symbol))
    }
}

impl State {
    /// Ends the watches of all symbols that are not chosen any more.
    fn retain_chosen(&mut self) {
        let Self { chosen, watches, .. } = self;
        watches.retain(|instrument, watch| {
            let stays = chosen.contains(&instrument.symbol);
            if !stays {
                watch.remove();
            }
            stays
        });
    }

    /// What is watched, in order of the names.
    fn symbols(&self) -> Vec<Symbol> {
        let seen = self.watches.keys().map(|instrument| instrument.symbol.clone());
        let symbols: BTreeSet<_> = seen.chain(self.chosen.named.iter().cloned()).collect();
        symbols.into_iter().collect()
    }

    fn is_seen(&self, symbol: &Symbol) -> bool {
        self.watches.keys().any(|instrument| instrument.symbol == *symbol)
    }
}

#[di_core::service(provides = IMonitoringService, lifecycle, health)]
impl MarketMonitor {
    /// A monitor that watches nothing yet.
    #[constructor]
    pub fn new(
        clock: Arc<dyn IClock>,
        market: Arc<dyn IMarketDataService>,
        watches: Arc<dyn ISymbolWatches>,
        analysis: Arc<dyn IAnalysisService>,
    ) -> Self {
        let (state, analyses) = (Mutex::default(), Mutex::default());
        Self { clock, market, watches, analysis, state, analyses, context: OnceLock::new() }
    }

    fn look_at_all(&self, is_over: bool) {
        let views = self.market.all_market_data();
        let state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        let watch = |view: &MarketView| state.watches.get(&view.instrument).cloned();
        let watched: Vec<_> = views.into_iter().filter_map(|view| Some((watch(&view)?, view))).collect();
        drop(state);
        for (watch, view) in watched {
            watch.look(|watch| watch.check(&view, is_over));
        }
    }

    /// Forgets what is known of all symbols that are not chosen any more.
    fn retain_chosen(&self, mut state: MutexGuard<'_, State>) {
        state.retain_chosen();
        let watched: BTreeSet<_> = state.watches.keys().cloned().collect();
        // Messages need it.
        drop(state);
        lock(&self.analyses).retain(|instrument, _| watched.contains(instrument));
    }

    /// The last analysis, made now if the one before is too old.
    fn analysed(&self, instrument: &InstrumentId) -> Option<Confluence> {
        let now = self.clock.now();
        let last = Arc::clone(lock(&self.analyses).entry(instrument.clone()).or_default());
        // Only who asks for the same instrument waits for its analysis.
        let mut last = lock(&last);
        if let Some(last) = last.as_ref().filter(|last| now.since(last.time) < ANALYSED_EVERY) {
            return last.analysis.clone();
        }
        let analysis = self.analysis.analyze(instrument).ok();
        *last = Some(Analysed { time: now, analysis: analysis.clone() });
        analysis
    }

    fn supervised(&self, instrument: &InstrumentId) -> Arc<Supervised> {
        let supervised = Arc::new(Supervised::new(instrument.clone(), Arc::clone(&self.watches)));
        if let Some(context) = self.context.get() {
            supervise(context, instrument, &supervised);
        }
        supervised
    }
}

#[di_core::interface]
impl Lifecycle for MarketMonitor {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let state = lock(&self.state);
        let context = self.context.get_or_init(|| context.clone());
        for (instrument, supervised) in &state.watches {
            supervise(context, instrument, supervised);
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
        let watches: Vec<_> = lock(&self.state).watches.values().map(|watch| watch.health()).collect();
        let known: Vec<_> = watches.iter().flatten().collect();
        let stale: Vec<_> =
            known.iter().filter(|health| health.is_stale).map(|health| health.instrument.to_string()).collect();
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
        state.chosen = Chosen::of(symbols);
        self.retain_chosen(state);
    }

    fn stop_monitoring(&self) {
        lock(&self.state).since = None;
    }

    fn add_symbol(&self, symbol: Symbol) -> Result<(), MonitorError> {
        let mut state = lock(&self.state);
        if state.chosen.named.contains(&symbol) || state.is_seen(&symbol) {
            return Err(MonitorError::AlreadyMonitored(symbol));
        }
        state.chosen.removed.remove(&symbol);
        state.chosen.named.insert(symbol);
        Ok(())
    }

    fn remove_symbol(&self, symbol: &Symbol) -> Result<(), MonitorError> {
        let mut state = lock(&self.state);
        if !state.chosen.contains(symbol) {
            return Err(MonitorError::NotMonitored(symbol.clone()));
        }
        state.chosen.named.remove(symbol);
        // Otherwise its next message would bring it back.
        state.chosen.removed.insert(symbol.clone());
        self.retain_chosen(state);
        Ok(())
    }

    fn monitored_symbols(&self) -> Vec<Symbol> {
        lock(&self.state).symbols()
    }

    fn monitoring_status(&self) -> MonitoringStatus {
        let state = lock(&self.state);
        let now = self.clock.now();
        let is_fresh = |watch: &Arc<Supervised>| watch.health().is_some_and(|health| !health.is_stale);
        let monitor_state = match state.since {
            None => MonitorState::Stopped,
            Some(_) if !state.watches.values().all(is_fresh) => MonitorState::Degraded,
            Some(_) => MonitorState::Running,
        };
        MonitoringStatus {
            state: monitor_state,
            symbols: state.symbols(),
            uptime: state.since.map_or_else(Default::default, |since| now.since(since)),
        }
    }

    fn monitoring_data(&self, symbol: Option<&Symbol>) -> Result<Vec<SymbolHealth>, MonitorError> {
        let state = lock(&self.state);
        if let Some(symbol) = symbol.filter(|symbol| !state.chosen.contains(symbol)) {
            return Err(MonitorError::NotMonitored(symbol.clone()));
        }
        let watches = state.watches.iter();
        let wanted = watches.filter(|(instrument, _)| symbol.is_none_or(|symbol| *symbol == instrument.symbol));
        let restarting = |instrument: &InstrumentId| MonitorError::Restarting(instrument.clone());
        let known = wanted.map(|(instrument, watch)| watch.health().ok_or_else(|| restarting(instrument)));
        let mut known: Vec<SymbolHealth> = known.collect::<Result<_, _>>()?;
        // The analysis asks others: messages go on meanwhile.
        drop(state);
        for health in &mut known {
            health.analysis = self.analysed(&health.instrument);
        }
        Ok(known)
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        let instrument = &event.instrument;
        let mut state = lock(&self.state);
        if state.since.is_none() {
            return;
        }
        let mut watch = state.watches.get(instrument).cloned();
        if watch.is_none() && !instrument.is_whole() && state.chosen.contains(&instrument.symbol) {
            let made = self.supervised(instrument);
            state.watches.insert(instrument.clone(), Arc::clone(&made));
            watch = Some(made);
        }
        // Before an alert is raised: its handler may ask the monitor.
        drop(state);
        if let Some(watch) = watch {
            watch.look(|watch| watch.observe(event, ingested));
        }
    }

    fn check(&self) {
        self.look_at_all(false);
    }

    fn end(&self) {
        self.look_at_all(true);
    }
}

fn supervise(context: &Context, instrument: &InstrumentId, watch: &Arc<Supervised>) {
    let watch = Arc::clone(watch);
    context.supervise(format!("watch {instrument}"), RESTART, move |stopping| {
        let watch = Arc::clone(&watch);
        async move { Ok(watch.keep(&stopping).await?) }
    });
}

impl std::fmt::Debug for MarketMonitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketMonitor").finish_non_exhaustive()
    }
}
