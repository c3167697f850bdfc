//! Rankings of instruments by turnover.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use rust_decimal::Decimal;

use super::Settings;
use crate::model::{InstrumentId, Timestamp, Trade};
use crate::ports::{IConfigService, ICurrencyRates, IMarketDataService, ITopSymbolsService, RankedSymbol};
use crate::sync::lock;

/// Ranks every `analysis.ranking_period`. Who is in stays in until the turnover is a fifth below the least, so that a ranking
/// does not flicker. Turnovers are compared in `analysis.ranking_currency`, by the rates of the time of the ranking. Who cannot be
/// compared is not ranked; the health and the log say who and why.
pub struct TopSymbols {
    settings: Settings,
    market: Arc<dyn IMarketDataService>,
    rates: Arc<dyn ICurrencyRates>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    begin: Option<Timestamp>,
    traded: BTreeMap<InstrumentId, Traded>,
    ranking: Vec<RankedSymbol>,
    /// Who could not be compared at the last ranking, and why.
    unranked: BTreeMap<InstrumentId, String>,
}

/// What was traded of an instrument.
#[derive(Debug)]
struct Traded {
    /// Prices times quantities: the turnover of whatever is no inverse contract, in quote currency.
    notional: Decimal,
    /// Quantities: those of an inverse contract are sums of the quote currency.
    quantity: Decimal,
}

#[di_core::service(provides = ITopSymbolsService, health)]
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

    /// The turnover in the currency of the ranking.
    fn turnover(&self, instrument: &InstrumentId, traded: &Traded) -> Result<Decimal, String> {
        let is_inverse =
            self.market.rules(instrument).map_or_else(|| instrument.is_inverse(), |rules| rules.is_inverse);
        let turnover = if is_inverse { traded.quantity } else { traded.notional };
        let Some((_, quote)) = self.market.currencies(instrument) else {
            return Err("neither its rules nor its name tell in which currency it is paid".to_owned());
        };
        let wanted = &self.settings.ranking_currency;
        if quote == *wanted {
            return Ok(turnover);
        }
        let rate = self.rates.rate(&quote, wanted);
        let rate = rate.ok_or_else(|| format!("expected a rate of {quote} in {wanted}, found none"))?;
        Ok(turnover.saturating_mul(rate.value()))
    }

    fn rank(&self, state: &mut State, now: Timestamp) {
        let least = self.settings.ranking_turnover;
        let to_stay = least.saturating_mul(Decimal::new(8, 1));
        let was_in: BTreeSet<_> = state.ranking.iter().map(|ranked| ranked.instrument.clone()).collect();
        let mut unranked = BTreeMap::new();
        let counted = std::mem::take(&mut state.traded).into_iter().filter_map(|(instrument, traded)| {
            match self.turnover(&instrument, &traded) {
                Ok(turnover) => Some((instrument, turnover)),
                Err(reason) => {
                    tracing::warn!("{instrument} is not ranked: {reason}");
                    unranked.insert(instrument, reason);
                    None
                }
            }
        });
        let is_in = |(instrument, turnover): &(InstrumentId, Decimal)| {
            *turnover >= if was_in.contains(instrument) { to_stay } else { least }
        };
        let ranked = counted.filter(is_in).map(|(instrument, turnover)| RankedSymbol { instrument, turnover });
        state.ranking = ranked.collect();
        state.unranked = unranked;
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
        let notional = trade.price.notional(trade.quantity).unwrap_or(Decimal::MAX);
        let quantity = trade.quantity.value();
        match state.traded.get_mut(instrument) {
            Some(traded) => {
                traded.notional = traded.notional.saturating_add(notional);
                traded.quantity = traded.quantity.saturating_add(quantity);
            }
            None => drop(state.traded.insert(instrument.clone(), Traded { notional, quantity })),
        }
    }

    fn top_symbols(&self, limit: usize) -> Vec<RankedSymbol> {
        lock(&self.state).ranking.iter().take(limit).cloned().collect()
    }

    fn update_rankings(&self, now: Timestamp) {
        self.rank(&mut lock(&self.state), now);
    }
}

#[di_core::interface]
impl HealthCheck for TopSymbols {
    async fn check(&self) -> Result<Health, BoxError> {
        let State { ranking, unranked, .. } = &*lock(&self.state);
        let reasons: Vec<_> = unranked.iter().map(|(instrument, reason)| format!("{instrument}: {reason}")).collect();
        let health = if reasons.is_empty() {
            Health::healthy()
        } else {
            Health::degraded(format!("not ranked: {}", reasons.join("; ")))
                .suggest("declare the rate in `portfolio.rates`, or subscribe to a market between the two currencies")
        };
        Ok(health.with("ranked", ranking.len()).with("unranked", unranked.len()))
    }
}

impl std::fmt::Debug for TopSymbols {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TopSymbols").field("settings", &self.settings).finish_non_exhaustive()
    }
}
