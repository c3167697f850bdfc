//! The service of books and candles.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};

use super::Settings;
use super::markets::Markets;
use super::silence::Silence;
use super::symbol_market::SymbolMarket;
use super::verdict::{Facts, Verdict};
use crate::model::{BookDepth, Candle, Instrument, InstrumentId, MarketEvent, Timeframe, Timestamp, Trade};
use crate::ports::{
    Account, Freshness, IClock, IConfigService, IMarketDataService, IStateManager, Ingested, MarketCounters,
    MarketDataError, MarketView, StateError, ValidationError,
};
use crate::sync::lock;

/// Books and candles of all instruments.
///
/// It never asks a venue: a book that needs a snapshot says so ([`Ingested::needs_snapshot`]), and the snapshot comes as an
/// event.
///
/// Ages are by the injected clock, which messages move: when there are none at all, it stands still, and nothing seems to
/// age. Between start and stop a background task therefore looks once a second, on the wall, whether messages come.
pub struct MarketDataManager {
    settings: Settings,
    clock: Arc<dyn IClock>,
    state: Arc<Mutex<Markets>>,
    silence: Arc<Silence>,
    verdict: Verdict,
}

#[di_core::service(provides = IMarketDataService, lifecycle, health)]
impl MarketDataManager {
    /// A manager that has seen nothing, and knows the last prices that are kept.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, StateError> {
        let settings = (*config.section::<Settings>()).clone();
        let state = Arc::new(Mutex::new(Markets::new(&settings, &settings.timeframes).after(&kept.facts()?)));
        Ok(Self { settings, clock, state, silence: Arc::default(), verdict: Verdict::default() })
    }

    fn view(&self, instrument: &InstrumentId, market: &SymbolMarket, now: Timestamp) -> MarketView {
        let age = now.since(market.last_event);
        let waiting = market.waiting_since.map(|since| now.since(since));
        MarketView {
            instrument: instrument.clone(),
            top: market.book.top(),
            synchronised: market.book.last_update_id().is_some(),
            waiting,
            unknown_candle: market.unknown_candle(now),
            is_overdue: waiting.is_some_and(|time| time >= self.settings.snapshot_within),
            last_trade: market.last_trade.clone(),
            last_event: market.last_event,
            age,
            freshness: if age > self.settings.stale_after { Freshness::Degraded } else { Freshness::Fresh },
            is_doubtful: market.is_in_doubt(),
        }
    }
}

#[di_core::interface]
impl Lifecycle for MarketDataManager {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let (silence, state, time) = (Arc::clone(&self.silence), Arc::clone(&self.state), Arc::clone(context.time()));
        let stale_after = self.settings.stale_after;
        context.spawn("watch for silence", async move {
            silence.watch(&*time, stale_after, || lock(&state).counters.about_the_market).await;
            Ok(())
        });
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for MarketDataManager {
    async fn check(&self) -> Result<Health, BoxError> {
        let facts = Facts {
            silence: self.silence.duration(),
            stale_after: self.settings.stale_after,
            counters: self.counters(),
            views: self.all_market_data(),
            accounts: self.accounts(),
        };
        Ok(self.verdict.of(&facts))
    }
}

impl IMarketDataService for MarketDataManager {
    fn ingest(&self, event: &MarketEvent) -> Result<Ingested, MarketDataError> {
        Ok(lock(&self.state).ingest(event)?)
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

    fn depth(&self, instrument: &InstrumentId, levels: usize) -> Result<Option<BookDepth>, MarketDataError> {
        let state = lock(&self.state);
        let market = state.get(instrument).ok_or_else(|| unknown(instrument, &state))?;
        Ok(market.depth(levels))
    }

    fn rules(&self, instrument: &InstrumentId) -> Option<Instrument> {
        lock(&self.state).get(instrument)?.rules.as_deref().cloned()
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

    fn forming(&self, instrument: &InstrumentId, timeframe: Timeframe) -> Result<Option<Candle>, MarketDataError> {
        let state = lock(&self.state);
        let market = state.get(instrument).ok_or_else(|| unknown(instrument, &state))?;
        market.forming(timeframe).ok_or(MarketDataError::UnknownTimeframe(timeframe))
    }

    fn recent_trades(&self, instrument: &InstrumentId, limit: usize) -> Result<Vec<Trade>, MarketDataError> {
        let state = lock(&self.state);
        let market = state.get(instrument).ok_or_else(|| unknown(instrument, &state))?;
        Ok(market.tape.last(limit))
    }

    fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError> {
        Markets::validate(event)
    }

    fn counters(&self) -> MarketCounters {
        lock(&self.state).counters
    }

    fn accounts(&self) -> Vec<Account> {
        lock(&self.state).accounts()
    }

    fn unknown_kinds(&self) -> BTreeMap<String, u64> {
        lock(&self.state).unknown_kinds()
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
