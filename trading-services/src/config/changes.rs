//! The changes of a reload, and when each holds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Settings;
use crate::ports::ConfigHolds;

/// Keys that services ask for each time, so that a change holds at once.
const AT_ONCE: [&str; 6] = [
    "exchange.order",
    "exchange.requests_per_second",
    "exchange.attempts",
    "exchange.heartbeat_timeout",
    "exchange.max_error_percent",
    "features.new_risk",
];

/// Sections that hold for what begins from now on.
const FOR_NEW: [&str; 1] = ["monitor."];

/// The keys that differ between two settings.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// They hold from now on.
    pub(super) taken: Vec<String>,
    /// They hold for symbols that are watched from now on.
    pub(super) for_new: Vec<String>,
    /// They hold from the next start.
    pub(super) need_restart: Vec<String>,
}

impl Changes {
    pub(super) fn between(old: &Settings, new: &Settings) -> Self {
        let (old, new) = (flat(old), flat(new));
        let mut changes = Self::default();
        for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
            if old.get(key) == new.get(key) {
                continue;
            }
            let list = match Self::holds(key) {
                ConfigHolds::AtOnce => &mut changes.taken,
                ConfigHolds::ForNew => &mut changes.for_new,
                ConfigHolds::AfterRestart => &mut changes.need_restart,
            };
            list.push(key.clone());
        }
        changes
    }

    /// From when on a change of a key holds.
    pub(super) fn holds(key: &str) -> ConfigHolds {
        if AT_ONCE.contains(&key) {
            ConfigHolds::AtOnce
        } else if FOR_NEW.iter().any(|section| key.starts_with(section)) {
            ConfigHolds::ForNew
        } else {
            ConfigHolds::AfterRestart
        }
    }
}

impl std::fmt::Display for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lists = [
            ("taken", &self.taken),
            ("for symbols that are watched from now on", &self.for_new),
            ("after the next start", &self.need_restart),
        ];
        let mut said = lists.iter().filter(|(_, keys)| !keys.is_empty()).peekable();
        if said.peek().is_none() {
            return f.write_str("nothing has changed");
        }
        for (index, (when, keys)) in said.enumerate() {
            write!(f, "{}{when}: {}", if index == 0 { "" } else { "; " }, keys.join(", "))?;
        }
        Ok(())
    }
}

/// Every key with its value; lists count as values.
fn flat(settings: &Settings) -> BTreeMap<String, Value> {
    fn add(prefix: &str, value: Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(table) => {
                for (key, value) in table {
                    let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
                    add(&key, value, found);
                }
            }
            value => drop(found.insert(prefix.to_owned(), value)),
        }
    }
    let mut found = BTreeMap::new();
    // Settings are tables of plain values; if they could not be written, nothing would be said of them.
    add("", serde_json::to_value(settings).unwrap_or_default(), &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_that_changes_is_named_with_the_time_from_which_it_holds() {
        let (old, mut new) = (Settings::default(), Settings::default());
        assert_eq!(Changes::between(&old, &new).to_string(), "nothing has changed");
        new.exchange.attempts = 7;
        new.monitor.large_trade += rust_decimal::Decimal::ONE;
        new.alerts.history = 5;
        assert_eq!(
            Changes::between(&old, &new).to_string(),
            "taken: exchange.attempts; for symbols that are watched from now on: monitor.large_trade; after the next \
             start: alerts.history"
        );
    }
}
