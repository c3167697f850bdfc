//! Who keeps the books and candles of all symbols.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::symbol_market::SymbolMarket;
use super::{Freshness, Ingested, MarketCounters, MarketDataError, MarketView, ValidationError, validation};
use crate::config::MarketDataSettings;
use crate::domain::{BookSnapshot, Candle, MarketEvent, Symbol, Timeframe, Timestamp};
use crate::interfaces::{IClock, IConfigService, IExchangeManager, IMarketDataService};
use crate::sync::lock;

/// Books and candles of all symbols; after a gap it asks the primary venue for the whole book.
pub struct MarketDataManager {
    settings: MarketDataSettings,
    clock: Arc<dyn IClock>,
    exchanges: Arc<dyn IExchangeManager>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    markets: BTreeMap<Symbol, SymbolMarket>,
    counters: MarketCounters,
}

#[di_core::service(provides = IMarketDataService)]
impl MarketDataManager {
    /// A manager that has seen nothing.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>, clock: Arc<dyn IClock>, exchanges: Arc<dyn IExchangeManager>) -> Self {
        let mut settings = config.get().market_data.clone();
        settings.timeframes.sort_unstable();
        settings.timeframes.dedup();
        Self { settings, clock, exchanges, state: Mutex::default() }
    }

    fn fresh_book(&self, symbol: &Symbol) -> Option<BookSnapshot> {
        self.exchanges.primary().and_then(|venue| venue.order_book(symbol)).ok()
    }

    fn view(&self, symbol: &Symbol, market: &SymbolMarket, now: Timestamp) -> MarketView {
        let age = now.since(market.last_event);
        MarketView {
            symbol: symbol.clone(),
            top: market.book.top(),
            synchronised: market.book.last_update_id().is_some(),
            last_trade: market.last_trade.clone(),
            last_event: market.last_event,
            age,
            freshness: if age > self.settings.stale_after { Freshness::Degraded } else { Freshness::Fresh },
        }
    }

    fn check(&self, event: &MarketEvent, market: Option<&SymbolMarket>) -> Result<(), ValidationError> {
        let last = market.and_then(|market| market.last_trade.as_ref()).map(|trade| trade.price);
        let suspect = market.and_then(|market| market.suspect);
        validation::validate(event, last, suspect, self.settings.max_price_jump_percent)
    }
}

impl IMarketDataService for MarketDataManager {
    fn ingest(&self, event: &MarketEvent) -> Result<Ingested, MarketDataError> {
        let mut state = lock(&self.state);
        let State { markets, counters } = &mut *state;
        let symbol = event.symbol();
        if let Err(error) = self.check(event, markets.get(symbol)) {
            if let (ValidationError::PriceJump { found, .. }, Some(market)) = (&error, markets.get_mut(symbol)) {
                market.suspect = Some(*found);
            }
            *counters += MarketCounters { events: 1, rejected: 1, ..MarketCounters::default() };
            return Err(error.into());
        }
        let market = match markets.get_mut(symbol) {
            Some(market) => market,
            None => markets.entry(symbol.clone()).or_insert_with(|| SymbolMarket::new(&self.settings.timeframes)),
        };
        let result = market.ingest(event, self.settings.candle_history, || self.fresh_book(symbol));
        *counters += result.counted;
        Ok(result)
    }

    fn market_data(&self, symbol: &Symbol) -> Result<MarketView, MarketDataError> {
        let state = lock(&self.state);
        let market = state.markets.get(symbol).ok_or_else(|| unknown(symbol, &state))?;
        Ok(self.view(symbol, market, self.clock.now()))
    }

    fn all_market_data(&self) -> Vec<MarketView> {
        let now = self.clock.now();
        lock(&self.state).markets.iter().map(|(symbol, market)| self.view(symbol, market, now)).collect()
    }

    fn supported_symbols(&self) -> Vec<Symbol> {
        lock(&self.state).markets.keys().cloned().collect()
    }

    fn supported_timeframes(&self) -> Vec<Timeframe> {
        self.settings.timeframes.clone()
    }

    fn historical(&self, symbol: &Symbol, timeframe: Timeframe, limit: usize) -> Result<Vec<Candle>, MarketDataError> {
        let state = lock(&self.state);
        let market = state.markets.get(symbol).ok_or_else(|| unknown(symbol, &state))?;
        market.candles(timeframe, limit).ok_or(MarketDataError::UnknownTimeframe(timeframe))
    }

    fn validate(&self, event: &MarketEvent) -> Result<(), ValidationError> {
        self.check(event, lock(&self.state).markets.get(event.symbol()))
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

fn unknown(symbol: &Symbol, state: &State) -> MarketDataError {
    let known = state.markets.keys().map(Symbol::as_str).collect::<Vec<_>>().join(", ");
    MarketDataError::UnknownSymbol { symbol: symbol.clone(), known }
}
