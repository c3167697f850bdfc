//! The watch of one instrument.

use std::sync::{Arc, Mutex};

use super::watched::Watched;
use super::{Settings, rules};
use crate::model::{InstrumentId, MarketEvent, Timestamp};
use crate::monitoring::watch::PriceMove;
use crate::ports::{
    AlertContext, AlertLevel, Freshness, IAlertService, IConfigService, ISymbolWatch, Ingested, MarketView,
    SymbolHealth,
};
use crate::sync::lock;

/// What is known about one instrument, and what is worth an alert; lives in the symbol's scope.
pub struct SymbolWatch {
    instrument: Arc<InstrumentId>,
    settings: Settings,
    prices: Arc<PriceMove>,
    alerts: Arc<dyn IAlertService>,
    state: Mutex<Watched>,
}

#[di_core::service(provides = ISymbolWatch)]
impl SymbolWatch {
    /// A watch that has seen nothing of `symbol`.
    #[constructor]
    pub fn new(
        instrument: Arc<InstrumentId>,
        config: Arc<dyn IConfigService>,
        prices: Arc<PriceMove>,
        alerts: Arc<dyn IAlertService>,
    ) -> Self {
        Self { instrument, settings: (*config.section::<Settings>()).clone(), prices, alerts, state: Mutex::default() }
    }

    /// Counts the message; returns how long the last one with a venue's time was under way.
    ///
    /// No lock is held afterwards: the handler of an alert may ask for the symbol's health.
    fn note(&self, event: &MarketEvent, ingested: &Ingested) -> Option<i64> {
        let mut watched = lock(&self.state);
        watched.events += 1;
        watched.last_event = watched.last_event.max(Some(event.received));
        watched.gaps += u64::from(ingested.gap.is_some());
        if let Some(time) = event.venue_time() {
            let nanos = |time: Timestamp| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
            watched.lag_nanos = Some(nanos(event.received) - nanos(time));
        }
        watched.lag_nanos
    }
}

impl ISymbolWatch for SymbolWatch {
    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        let lag_nanos = self.note(event, ingested);
        for (message, level, context) in rules::findings(&self.settings, event, ingested, lag_nanos, &self.prices) {
            self.alerts.send_alert(&message, level, context);
        }
    }

    fn check(&self, view: &MarketView) {
        let is_stale = view.freshness == Freshness::Degraded;
        let was_stale = std::mem::replace(&mut lock(&self.state).is_stale, is_stale);
        let instrument = &*self.instrument;
        if is_stale && !was_stale {
            let message = format!("{instrument}: degraded, nothing received since {}", view.last_event);
            self.alerts.send_alert(&message, AlertLevel::Warning, AlertContext::instrument("stale", instrument));
        } else if was_stale && !is_stale {
            let message = format!("{instrument}: recovered, received again at {}", view.last_event);
            self.alerts.send_alert(&message, AlertLevel::Info, AlertContext::instrument("recovered", instrument));
        }
    }

    fn health(&self) -> SymbolHealth {
        lock(&self.state).health(&self.instrument)
    }
}

impl std::fmt::Debug for SymbolWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SymbolWatch").field("instrument", &self.instrument).finish_non_exhaustive()
    }
}
