//! The state in memory: it outlives its container, and not the process.

use std::sync::{Arc, Mutex};

use crate::ports::{IStateManager, StateFact};
use crate::sync::lock;

/// Facts in a list. A clone is the same list: two containers over clones have one state, one after the other.
///
/// ```
/// use trading_services::ports::{IStateManager, StateFact};
/// use trading_services::store::MemoryState;
///
/// let (state, same) = { let state = MemoryState::default(); (state.clone(), state) };
/// state.append(StateFact::Signalled { id: 1 });
/// assert_eq!(same.facts(), [StateFact::Signalled { id: 1 }]);
/// ```
#[di_core::service(provides = IStateManager)]
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    #[inject(default)]
    facts: Arc<Mutex<Vec<StateFact>>>,
}

impl IStateManager for MemoryState {
    fn append(&self, fact: StateFact) {
        lock(&self.facts).push(fact);
    }

    fn facts(&self) -> Vec<StateFact> {
        lock(&self.facts).clone()
    }
}
