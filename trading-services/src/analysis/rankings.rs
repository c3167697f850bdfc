//! Rankings of instruments by turnover.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;

use super::Settings;
use crate::model::{InstrumentId, Timestamp, Trade};
use crate::ports::{IConfigService, ICurrencyRates, IMarketDataService, ITopSymbolsService, RankedSymbol};
use crate::sync::lock;

/// Ranks every `analysis.ranking_period`. Who is in stays in until the turnover is a fifth below the least, so that a ranking
/// does not flicker. Turnovers are compared in `analysis.ranking_currency`, by the rates of the time of the ranking.
pub struct TopSymbols {
    settings: Settings,
    market: Arc<dyn IMarketDataService>,
    rates: Arc<dyn ICurrencyRates>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    begin: Option<Timestamp>,
    /// In quote currency.
    turnover: BTreeMap<InstrumentId, Decimal>,
    ranking: Vec<RankedSymbol>,
}

#[di_core::service(provides = ITopSymbolsService)]
impl TopSymbols {
    /// A ranking without anybody.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        market: Arc<dyn IMarketDataService>,
        rates: Arc<dyn ICurrencyRates>,
    ) -> Self {
        Self { settings: (*config.section::<Settings>()).clone(), market, rates, state: Mutex::default() }
    }

    /// A turnover in the currency of the ranking; `None` where nobody knows a rate. What no market names is in that currency.
    fn converted(&self, instrument: &InstrumentId, turnover: Decimal) -> Option<Decimal> {
        let wanted = &self.settings.ranking_currency;
        let Some((_, quote)) = self.market.currencies(instrument).filter(|(_, quote)| quote != wanted) else {
            return Some(turnover);
        };
        let rate = self.rates.rate(&quote, wanted);
        if rate.is_none() {
            tracing::warn!("{instrument} is not ranked: expected a rate of {quote} in {wanted}, found none");
        }
        rate.map(|rate| turnover.saturating_mul(rate.value()))
    }

    fn rank(&self, state: &mut State, now: Timestamp) {
        let least = self.settings.ranking_turnover;
        let to_stay = least.saturating_mul(Decimal::new(8, 1));
        let was_in: BTreeSet<_> = state.ranking.iter().map(|ranked| ranked.instrument.clone()).collect();
        let counted = std::mem::take(&mut state.turnover).into_iter().filter_map(|(instrument, turnover)| {
            let turnover = self.converted(&instrument, turnover)?;
            Some((instrument, turnover))
        });
        let is_in = |(instrument, turnover): &(InstrumentId, Decimal)| {
            *turnover >= if was_in.contains(instrument) { to_stay } else { least }
        };
        let ranked = counted.filter(is_in).map(|(instrument, turnover)| RankedSymbol { instrument, turnover });
        state.ranking = ranked.collect();
        // Of equal turnover, in order of the names.
        state.ranking.sort_by_key(|ranked| std::cmp::Reverse(ranked.turnover));
        state.begin = Some(now);
    }
}

impl ITopSymbolsService for TopSymbols {
    fn observe(&self, instrument: &InstrumentId, trade: &Trade, time: Timestamp) {
        let mut state = lock(&self.state);
        let begin = *state.begin.get_or_insert(time);
        if time.since(begin) >= self.settings.ranking_period {
            self.rank(&mut state, time);
        }
        let value = trade.price.notional(trade.quantity).unwrap_or(Decimal::MAX);
        match state.turnover.get_mut(instrument) {
            Some(turnover) => *turnover = turnover.saturating_add(value),
            None => drop(state.turnover.insert(instrument.clone(), value)),
        }
    }

    fn top_symbols(&self, limit: usize) -> Vec<RankedSymbol> {
        lock(&self.state).ranking.iter().take(limit).cloned().collect()
    }

    fn update_rankings(&self, now: Timestamp) {
        self.rank(&mut lock(&self.state), now);
    }
}

impl std::fmt::Debug for TopSymbols {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TopSymbols").field("settings", &self.settings).finish_non_exhaustive()
    }
}
