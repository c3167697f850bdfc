//! The choices of people on the page, kept in the state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::ports::{IPreferences, IStateManager, PreferenceError, StateError, StateFact};
use crate::sync::lock;

/// Preferences in memory, each change of which goes to the state.
///
/// ```
/// use std::sync::Arc;
/// use trading_services::ports::IPreferences;
/// use trading_services::store::{MemoryState, Preferences};
///
/// let state = Arc::new(MemoryState::default());
/// Preferences::new(state.clone())?.prefer("market.timeframe", Some("1m"))?;
/// assert_eq!(Preferences::new(state)?.preferences()["market.timeframe"], "1m");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Preferences {
    kept: Arc<dyn IStateManager>,
    chosen: Mutex<BTreeMap<String, String>>,
}

#[di_core::service(provides = IPreferences)]
impl Preferences {
    /// With those that are kept.
    ///
    /// # Errors
    /// [`StateError`] when they cannot be read.
    #[constructor]
    pub fn new(kept: Arc<dyn IStateManager>) -> Result<Self, StateError> {
        let mut chosen = BTreeMap::new();
        for fact in &*kept.facts()? {
            if let StateFact::Preferred { name, value } = fact {
                set(&mut chosen, name.clone(), value.clone());
            }
        }
        Ok(Self { kept, chosen: Mutex::new(chosen) })
    }
}

impl IPreferences for Preferences {
    fn preferences(&self) -> BTreeMap<String, String> {
        lock(&self.chosen).clone()
    }

    fn prefer(&self, name: &str, value: Option<&str>) -> Result<(), PreferenceError> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if !(1..=PreferenceError::NAME).contains(&name.len()) || !name.bytes().all(is_part) {
            return Err(PreferenceError::Name { found: name.chars().take(PreferenceError::NAME + 1).collect() });
        }
        let letters = value.map_or(0, |value| value.chars().count());
        if letters > PreferenceError::VALUE {
            return Err(PreferenceError::Value { found: letters });
        }
        if let Some(found) = value.and_then(|value| value.chars().find(|letter| letter.is_control())) {
            return Err(PreferenceError::Control { found });
        }
        let mut chosen = lock(&self.chosen);
        if value.is_some() && chosen.len() >= PreferenceError::MOST && !chosen.contains_key(name) {
            return Err(PreferenceError::TooMany);
        }
        set(&mut chosen, name.to_owned(), value.map(str::to_owned));
        // It is not urgent; changes are kept in their order, for the lock is held.
        let _later = self.kept.append(StateFact::Preferred { name: name.to_owned(), value: value.map(str::to_owned) });
        Ok(())
    }
}

fn set(chosen: &mut BTreeMap<String, String>, name: String, value: Option<String>) {
    match value {
        Some(value) => drop(chosen.insert(name, value)),
        None => drop(chosen.remove(&name)),
    }
}

impl std::fmt::Debug for Preferences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Preferences").field("chosen", &self.chosen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryState;

    #[test]
    fn what_cannot_be_kept_is_refused_and_changes_nothing() {
        let state = Arc::new(MemoryState::default());
        let preferences = Preferences::new(Arc::clone(&state) as _).unwrap();
        let long = "x".repeat(PreferenceError::VALUE + 1);
        for (name, value) in [("", "1"), ("a b", "1"), ("ä", "1"), (&long[..65], "1"), ("a", &long), ("a", "\0")] {
            assert!(preferences.prefer(name, Some(value)).is_err(), "{name}");
        }
        for number in 0..PreferenceError::MOST {
            preferences.prefer(&format!("view.{number}"), Some("1")).unwrap();
        }
        assert_eq!(preferences.prefer("one.more", Some("1")), Err(PreferenceError::TooMany));
        preferences.prefer("view.0", Some("2")).unwrap();
        preferences.prefer("view.1", None).unwrap();
        preferences.prefer("one.more", Some("ä")).unwrap();
        let all = preferences.preferences();
        assert_eq!((all.len(), &*all["view.0"], all.get("view.1")), (PreferenceError::MOST, "2", None));
        assert_eq!(Preferences::new(state).unwrap().preferences(), all);
    }
}
