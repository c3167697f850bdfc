//! The state in memory: it outlives its container, and not the process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::ports::{
    AlertDelivery, BacktestJob, BacktestResult, IStateManager, KeptConfiguration, ModeSwitch, StateError, StateFact,
};
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
/// assert_eq!(*same.facts()?, [fact]);
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
    switches: Arc<Mutex<Vec<ModeSwitch>>>,
    #[inject(default)]
    backtests: Arc<Mutex<BTreeMap<u64, Backtest>>>,
}

/// A job, and what came of it.
type Backtest = (BacktestJob, Option<Arc<BacktestResult>>);

/// The last word of a channel about an alert takes the place of the one before; what was delivered once stays delivered.
fn take_last_word(facts: &mut Vec<StateFact>, of: u64, by: &str, word: StateFact) {
    // Nothing was said of an alert before it was raised.
    let since =
        facts.iter().rposition(|fact| matches!(fact, StateFact::Raised { alert, .. } if alert.id == of)).unwrap_or(0);
    let said = facts[since..]
        .iter_mut()
        .find(|fact| matches!(fact, StateFact::Delivered { alert, channel, .. } if *alert == of && *channel == by));
    match said {
        Some(StateFact::Delivered { error: None, .. }) => {}
        Some(before) => *before = word,
        None => facts.push(word),
    }
}

/// A fact that goes on from the one before of its kind takes its place, unless trading was resumed in between: what was before that
/// is over, and the first one after it is not the same.
fn replace(facts: &mut Vec<StateFact>, fact: StateFact) {
    let kind = std::mem::discriminant(&fact);
    let is_end = |known: &StateFact| matches!(known, StateFact::Killed { .. } | StateFact::Resumed { .. });
    let last = facts.iter().rposition(|known| is_end(known) || std::mem::discriminant(known) == kind);
    if let Some(last) = last.filter(|last| facts.get(*last).is_some_and(|known| !is_end(known))) {
        facts.remove(last);
    }
    facts.push(fact);
}

impl IStateManager for MemoryState {
    /// Forgets what nobody goes on from, or a long run would fill the memory.
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        let mut facts = lock(&self.facts);
        match fact {
            StateFact::Marked { .. } | StateFact::Valued(_) => {}
            StateFact::Peak { .. } | StateFact::Day { .. } => replace(&mut facts, fact),
            StateFact::Configured { settings, text, reason, time } => {
                let mut kept = lock(&self.configurations);
                let version = kept.last().map_or(0, |last| last.version) + 1;
                if !kept.last().is_some_and(|last| last.settings == settings && last.text == text) {
                    kept.push(KeptConfiguration { version, time, reason, settings, text });
                }
            }
            StateFact::Switched(switch) => lock(&self.switches).push(*switch),
            StateFact::Backtest { job, result } => drop(lock(&self.backtests).insert(job.id, (*job, result))),
            StateFact::BacktestForgotten { id } => drop(lock(&self.backtests).remove(&id)),
            StateFact::Preferred { name, value } => {
                facts.retain(|fact| !matches!(fact, StateFact::Preferred { name: known, .. } if *known == name));
                facts.push(StateFact::Preferred { name, value });
            }
            StateFact::FundingDue { instrument, due } => {
                facts.retain(
                    |fact| !matches!(fact, StateFact::FundingDue { instrument: known, .. } if *known == instrument),
                );
                facts.push(StateFact::FundingDue { instrument, due });
            }
            StateFact::Raised { alert, due } => {
                let (id, time) = (alert.id, alert.time);
                facts.push(StateFact::Raised { alert, due: Vec::new() });
                for channel in due {
                    let error = Some(AlertDelivery::PENDING.to_owned());
                    take_last_word(&mut facts, id, channel, StateFact::Delivered { alert: id, channel, time, error });
                }
            }
            StateFact::Delivered { alert, channel, .. } => take_last_word(&mut facts, alert, channel, fact),
            fact if fact.is_history() => {}
            fact => facts.push(fact),
        }
        Ok(())
    }

    fn facts(&self) -> Result<Arc<[StateFact]>, StateError> {
        Ok(lock(&self.facts).iter().cloned().collect())
    }

    fn has_alert(&self, id: u64) -> Result<bool, StateError> {
        Ok(lock(&self.facts).iter().any(|fact| matches!(fact, StateFact::Raised { alert, .. } if alert.id == id)))
    }

    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        Ok(lock(&self.configurations).clone())
    }

    fn switches(&self) -> Result<Vec<ModeSwitch>, StateError> {
        Ok(lock(&self.switches).clone())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn the_last_peak_and_day_since_trading_has_ended_or_begun_again_are_kept() {
        let state = MemoryState::default();
        let peak = |equity: i64| StateFact::Peak { equity: equity.into() };
        let day = |day: u64| StateFact::Day { time: Timestamp::from_nanos(day), equity: 1.into() };
        let (killed, resumed) = (
            StateFact::Killed { reason: "the loss".to_owned() },
            StateFact::Resumed { reason: "it is over".to_owned() },
        );
        let all =
            [peak(1), day(1), peak(2), day(2), peak(3), killed.clone(), peak(4), resumed.clone(), peak(1), peak(2)];
        for fact in all {
            state.append(fact).unwrap();
        }
        assert_eq!(*state.facts().unwrap(), [day(2), peak(3), killed, peak(4), resumed, peak(2)]);
    }

    #[test]
    fn the_last_word_of_a_channel_counts_and_what_was_delivered_stays_so() {
        let state = MemoryState::default();
        let said = |alert, channel, error: Option<&str>| StateFact::Delivered {
            alert,
            channel,
            time: Timestamp::from_nanos(7),
            error: error.map(str::to_owned),
        };
        for (alert, channel, error) in
            [(1, "log", Some("full")), (1, "webhook", Some("404")), (2, "log", Some("full")), (1, "log", None)]
        {
            state.append(said(alert, channel, error)).unwrap();
        }
        state.append(said(1, "log", Some("late"))).unwrap();
        let expected = [said(1, "log", None), said(1, "webhook", Some("404")), said(2, "log", Some("full"))];
        assert_eq!(*state.facts().unwrap(), expected);
    }
}
