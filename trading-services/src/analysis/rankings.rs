//! Rankings of instruments by turnover.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;

use super::Settings;
use crate::model::{InstrumentId, Timestamp, Trade};
use crate::ports::{IConfigService, ITopSymbolsService, RankedSymbol};
use crate::sync::lock;

/// Ranks every `analysis.ranking_period`. Who is in stays in until the turnover is a fifth below the least, so that a ranking
/// does not flicker.
#[derive(Debug)]
pub struct TopSymbols {
    settings: Settings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    begin: Option<Timestamp>,
    turnover: BTreeMap<InstrumentId, Decimal>,
    ranking: Vec<RankedSymbol>,
}

#[di_core::service(provides = ITopSymbolsService)]
impl TopSymbols {
    /// A ranking without anybody.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        Self { settings: (*config.section::<Settings>()).clone(), state: Mutex::default() }
    }

    fn rank(&self, state: &mut State, now: Timestamp) {
        let least = self.settings.ranking_turnover;
        let to_stay = least.saturating_mul(Decimal::new(8, 1));
        let was_in: BTreeSet<_> = state.ranking.iter().map(|ranked| ranked.instrument.clone()).collect();
        let counted = std::mem::take(&mut state.turnover).into_iter();
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
