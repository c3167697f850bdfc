//! The service of books and candles.

use std::sync::{Arc, Mutex};

use di_core::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};

use super::Settings;
use super::markets::Markets;
use super::silence::Silence;
use super::symbol_market::SymbolMarket;
use crate::model::{Candle, InstrumentId, MarketEvent, Timeframe, Timestamp};
use crate::ports::{
    Freshness, IClock, IConfigService, IExchangeManager, IMarketDataService, Ingested, MarketCounters, MarketDataError,
    MarketView, ValidationError,
};
use crate::sync::lock;

/// Books and candles of all symbols; after a gap it asks the primary venue for the whole book.
///
/// Ages are by the injected clock, which messages move: when there are none at all, it stands still, and nothing seems to
/// age. Between start and stop a background task therefore looks once a second, on the wall, whether messages come.
pub struct MarketDataManager {
    settings: Settings,
    clock: Arc<dyn IClock>,
    exchanges: Arc<dyn IExchangeManager>,
    state: Arc<Mutex<Markets>>,
    silence: Arc<Silence>,
}

#[di_core::service(provides = IMarketDataService, lifecycle, health)]
impl MarketDataManager {
    /// A manager that has seen nothing.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>, clock: Arc<dyn IClock>, exchanges: Arc<dyn IExchangeManager>) -> Self {
        let settings = (*config.section::<Settings>()).clone();
        let state = Arc::new(Mutex::new(Markets::new(&settings, &settings.timeframes)));
        Self { settings, clock, exchanges, state, silence: Arc::default() }
    }

    fn view(&self, instrument: &InstrumentId, market: &SymbolMarket, now: Timestamp) -> MarketView {
        let age = now.since(market.last_event);
        MarketView {
            instrument: instrument.clone(),
            top: market.book.top(),
            synchronised: market.book.last_update_id().is_some(),
            last_trade: market.last_trade.clone(),
            last_event: market.last_event,
            age,
            freshness: if age > self.settings.stale_after { Freshness::Degraded } else { Freshness::Fresh },
        }
    }
}

#[di_core::interface]
impl Lifecycle for MarketDataManager {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let (silence, state, time) = (Arc::clone(&self.silence), Arc::clone(&self.state), Arc::clone(context.time()));
        let stale_after = self.settings.stale_after;
        context.spawn("watch for silence", async move {
            silence.watch(&*time, stale_after, || lock(&state).counters.events).await;
            Ok(())
        });
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for MarketDataManager {
    async fn check(&self) -> Result<Health, BoxError> {
        let (silence, counters, views) = (self.silence.duration(), self.counters(), self.all_market_data());
        // A venue without books has no gaps, and then none of its books is missing anything.
        let waiting = views.iter().filter(|view| counters.gaps > 0 && !view.synchronised);
        let waiting: Vec<_> = waiting.map(|view| view.instrument.to_string()).collect();
        let health = if silence >= self.settings.stale_after {
            Health::degraded(format!("no message for {}", humantime::format_duration(silence)))
                .suggest("see whether the venue can be reached")
        } else if waiting.is_empty() {
            Health::healthy()
        } else {
            Health::degraded(format!("after a gap, these books wait for a snapshot: {}", waiting.join(", "))).suggest(
                "see whether the venue refuses requests, for example because of `exchange.requests_per_second`",
            )
        };
        let health = health.with("symbols", views.len()).with("events", counters.events);
        Ok(health.with("gaps", counters.gaps).with("resyncs", counters.resyncs).with("rejected", counters.rejected))
    }
}

impl IMarketDataService for MarketDataManager {
    fn ingest(&self, event: &MarketEvent) -> Result<Ingested, MarketDataError> {
        let fresh_book = |instrument: &InstrumentId| self.exchanges.primary()?.order_book(&instrument.symbol);
        Ok(lock(&self.state).ingest(event, fresh_book)?)
    }

    fn market_data(&self, instrument: &InstrumentId) -> Result<MarketView, MarketDataError> {
        let state = lock(&self.state);
        let market = state.get(instrument).ok_or_else(|| unknown(instrument, &state))?;
        Ok(self.view(instrument, market, self.clock.now()))
    }

    fn all_market_data(&self) -> Vec<MarketView> {
        let now = self.clock.now();
        lock(&self.state).iter().map(|(instrument, market)| self.view(instrument, market, now)).collect()
    }

    fn supported_symbols(&self) -> Vec<InstrumentId> {
        lock(&self.state).iter().map(|(instrument, _)| instrument.clone()).collect()
    }

    fn supported_timeframes(&self) -> Vec<Timeframe> {
        lock(&self.state).timeframes().to_vec()
    }

    fn historical(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        limit: usize,
    ) -> Result<Vec<Candle>, MarketDataError> {
        let state = lock(&self.state);
        let market = state.get(instrument).ok_or_else(|| unknown(instrument, &state))?;
        market.candles(timeframe, limit).ok_or(MarketDataError::UnknownTimeframe(timeframe))
    }

    fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError> {
        lock(&self.state).validate(event)
    }

    fn counters(&self) -> MarketCounters {
        lock(&self.state).counters
    }
}

impl std::fmt::Debug for MarketDataManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketDataManager").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn unknown(instrument: &InstrumentId, state: &Markets) -> MarketDataError {
    let known = state.iter().map(|(instrument, _)| instrument.to_string()).collect::<Vec<_>>().join(", ");
    MarketDataError::UnknownInstrument { instrument: instrument.clone(), known }
}
