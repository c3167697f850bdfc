//! The state in memory: it outlives its container, and not the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::ports::{BacktestJob, BacktestResult, IStateManager, KeptConfiguration, StateError, StateFact};
use crate::sync::lock;

/// Facts in a list. A clone is the same list: two containers over clones have one state, one after the other.
///
/// ```
/// use trading_services::ports::{IStateManager, StateFact};
/// use trading_services::store::MemoryState;
///
/// let (state, same) = { let state = MemoryState::default(); (state.clone(), state) };
/// let fact = StateFact::Killed { reason: "the daily loss".to_owned() };
/// state.append(fact.clone())?;
/// assert_eq!(same.facts()?, [fact]);
/// # Ok::<(), trading_services::ports::StateError>(())
/// ```
#[di_core::service(provides = IStateManager)]
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    #[inject(default)]
    facts: Arc<Mutex<Vec<StateFact>>>,
    #[inject(default)]
    configurations: Arc<Mutex<Vec<KeptConfiguration>>>,
    #[inject(default)]
    backtests: Arc<Mutex<BTreeMap<u64, Backtest>>>,
}

/// A job, and what came of it.
type Backtest = (BacktestJob, Option<Arc<BacktestResult>>);

impl IStateManager for MemoryState {
    /// Forgets what nobody goes on from, or a long run would fill the memory.
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        let mut facts = lock(&self.facts);
        match fact {
            StateFact::Marked { .. } | StateFact::Valued(_) => {}
            StateFact::Configured { settings, text, reason, time } => {
                let mut kept = lock(&self.configurations);
                let version = kept.last().map_or(0, |last| last.version) + 1;
                if !kept.last().is_some_and(|last| last.settings == settings && last.text == text) {
                    kept.push(KeptConfiguration { version, time, reason, settings, text });
                }
            }
            StateFact::Backtest { job, result } => drop(lock(&self.backtests).insert(job.id, (*job, result))),
            StateFact::BacktestForgotten { id } => drop(lock(&self.backtests).remove(&id)),
            StateFact::Preferred { name, value } => {
                facts.retain(|fact| !matches!(fact, StateFact::Preferred { name: known, .. } if *known == name));
                facts.push(StateFact::Preferred { name, value });
            }
            fact if fact.is_history() => {}
            fact => facts.push(fact),
        }
        Ok(())
    }

    fn facts(&self) -> Result<Vec<StateFact>, StateError> {
        Ok(lock(&self.facts).clone())
    }

    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        Ok(lock(&self.configurations).clone())
    }

    fn backtests(&self) -> Result<Vec<BacktestJob>, StateError> {
        Ok(lock(&self.backtests).values().map(|(job, _)| job.clone()).collect())
    }

    fn backtest_result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError> {
        Ok(lock(&self.backtests).get(&id).and_then(|(_, result)| result.clone()))
    }

    fn flush(&self) -> Result<(), StateError> {
        Ok(())
    }

    fn fault(&self) -> Option<String> {
        None
    }
}
