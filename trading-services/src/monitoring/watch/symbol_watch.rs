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

    fn check(&self, view: &MarketView, is_over: bool) {
        let instrument = &*self.instrument;
        let is_stale = view.freshness == Freshness::Degraded;
        let waits = view.is_overdue || (is_over && view.waiting.is_some());
        let (was_stale, did_wait) = lock(&self.state).replace(is_stale, waits);
        let raise = |rule, level, message: String| {
            self.alerts.send_alert(&message, level, AlertContext::instrument(rule, instrument));
        };
        match (was_stale, is_stale) {
            (false, true) => {
                let message = format!("{instrument}: degraded, nothing received since {}", view.last_event);
                raise("stale", AlertLevel::Warning, message);
            }
            (true, false) => {
                let message = format!("{instrument}: recovered, received again at {}", view.last_event);
                raise("recovered", AlertLevel::Info, message);
            }
            _ => {}
        }
        if waits && !did_wait {
            let message = format!("{instrument}: degraded, the book has no usable snapshot and shows no price");
            raise("no-book", AlertLevel::Error, message);
        } else if did_wait && !waits && view.synchronised {
            raise("book-again", AlertLevel::Info, format!("{instrument}: recovered, the book is whole"));
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
