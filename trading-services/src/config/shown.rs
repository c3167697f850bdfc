//! Settings as people may see them: each key with its value, and nothing of a secret but the host.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::Changes;
use crate::config::Settings;
use crate::model::Timestamp;
use crate::ports::{ConfigChange, ConfigDifference, ConfigKey, KeptConfiguration, ModeSwitch};

/// Keys behind whose host a secret may be.
const SECRET: [&str; 1] = ["alerts.webhook.url"];

/// Why a switch holds no more that nobody has taken back.
const RUN_ENDED: &str = "the run ended";

/// Every key of these settings with its value; of a secret, only the host.
///
/// ```
/// let keys = trading_services::config::keys("[alerts.webhook]\nurl = \"https://hooks.example/secret\"\n")?;
/// assert_eq!(keys["alerts.webhook.url"], "https://hooks.example/…");
/// # Ok::<(), toml::de::Error>(())
/// ```
///
/// # Errors
/// When the text is no TOML.
pub fn keys(settings: &str) -> Result<BTreeMap<String, String>, toml::de::Error> {
    let mut keys = flat(settings)?;
    for key in SECRET {
        if let Some(value) = keys.get_mut(key) {
            *value = masked(value.trim_matches('"'));
        }
    }
    Ok(keys)
}

/// The keys in which two configurations differ; of a secret, only that it is another one.
///
/// # Errors
/// When one of the texts is no TOML.
pub fn difference(old: &str, new: &str) -> Result<Vec<ConfigDifference>, toml::de::Error> {
    Ok(differing(&flat(old)?, &flat(new)?))
}

/// The changes of a key, or of all keys beneath it, newest first: what configurations have brought, and what operators have
/// switched. An empty key is above all others.
///
/// # Errors
/// When a configuration is no TOML.
pub fn changes(
    configurations: &[KeptConfiguration],
    switches: &[ModeSwitch],
    key: &str,
) -> Result<Vec<ConfigChange>, toml::de::Error> {
    let is_meant = |name: &str| {
        let beneath = name.strip_prefix(key);
        beneath.is_some_and(|rest| key.is_empty() || rest.is_empty() || rest.starts_with('.'))
    };
    let switched = |switch: &ModeSwitch| {
        let (before, after) = (Some(switch.before.clone()), Some(switch.after.clone()));
        let difference = ConfigDifference { key: switch.key.clone(), before, after, is_secret: false };
        ConfigChange { time: switch.time, version: None, difference, reason: switch.reason.clone() }
    };
    let mut found: Vec<_> = switches.iter().filter(|switch| is_meant(&switch.key)).map(switched).collect();
    let mut before: Option<BTreeMap<String, String>> = None;
    for KeptConfiguration { version, time, reason, settings, .. } in configurations {
        let now = flat(settings)?;
        let differences = before.as_ref().map(|before| differing(before, &now)).unwrap_or_default();
        found.extend(differences.into_iter().filter(|difference| is_meant(&difference.key)).map(|difference| {
            ConfigChange { time: *time, version: Some(*version), difference, reason: reason.clone() }
        }));
        before = Some(now);
    }
    // Those of one time stay in the order of their keys.
    found.sort_by_key(|change| std::cmp::Reverse(change.time));
    Ok(found)
}

/// What ends the switches of the run before, if there are any in force: each key goes back to what was configured last.
///
/// # Errors
/// When a configuration is no TOML.
pub(super) fn ended(
    configurations: &[KeptConfiguration],
    switches: &[ModeSwitch],
    time: Timestamp,
) -> Result<Vec<ModeSwitch>, toml::de::Error> {
    let Some(last) = configurations.last() else { return Ok(Vec::new()) };
    let (configured, mut ended) = (flat(&last.settings)?, Vec::new());
    let keys: BTreeSet<_> = switches.iter().map(|switch| &switch.key).collect();
    for key in keys {
        let newest = changes(configurations, switches, key)?.into_iter().find(|change| change.difference.key == *key);
        if let Some(ConfigChange { version: None, difference: ConfigDifference { after: Some(before), .. }, .. }) =
            newest
            && let Some(after) = configured.get(key).filter(|after| **after != before)
        {
            let (key, after, reason) = (key.clone(), after.clone(), RUN_ENDED.to_owned());
            ended.push(ModeSwitch { time, key, before, after, reason });
        }
    }
    Ok(ended)
}

fn differing(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<ConfigDifference> {
    let all = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let differ = all.filter(|key| old.get(*key) != new.get(*key)).map(|key| {
        let is_secret = SECRET.contains(&key.as_str());
        let shown = |value: Option<&String>| value.map(|value| if is_secret { masked(value) } else { value.clone() });
        ConfigDifference { key: key.clone(), before: shown(old.get(key)), after: shown(new.get(key)), is_secret }
    });
    differ.collect()
}

/// An address without what may be a secret.
pub fn masked(url: &str) -> String {
    let url = url.trim_matches('"');
    let host = url.split('/').nth(2).unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{}://{host}/…", url.split(':').next().unwrap_or_default())
}

/// Every key of the settings, with its default and the time from which a change of it holds.
pub(super) fn described(settings: &Settings) -> Vec<ConfigKey> {
    // Settings are tables of plain values, which TOML can write and read.
    let all = |settings: &Settings| keys(&toml::to_string(settings).unwrap_or_default()).unwrap_or_default();
    let defaults = all(&Settings::default());
    let key = |(key, value): (String, String)| {
        let (default, holds) = (defaults.get(&key).cloned(), Changes::holds(&key));
        ConfigKey { key, value, default, holds }
    };
    all(settings).into_iter().map(key).collect()
}

fn flat(settings: &str) -> Result<BTreeMap<String, String>, toml::de::Error> {
    fn add(prefix: &str, table: toml::Table, found: &mut BTreeMap<String, String>) {
        for (key, value) in table {
            let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => add(&key, inner, found),
                value => drop(found.insert(key, value.to_string())),
            }
        }
    }
    let mut found = BTreeMap::new();
    add("", toml::from_str(settings)?, &mut found);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_keys_and_tells_no_secret() {
        let old = "[alerts]\nhistory = 5\n[alerts.webhook]\nurl = \"https://me:word@hooks.example/one\"\n";
        let new = "[alerts.webhook]\nurl = \"https://hooks.example/two\"\n[risk]\nmax_leverage = \"3\"\n";
        let found = difference(old, new).unwrap();
        let said = |one: &ConfigDifference| format!("{}: {:?} {:?}", one.key, one.before, one.after);
        assert_eq!(
            found.iter().map(said).collect::<Vec<_>>(),
            [
                "alerts.history: Some(\"5\") None",
                "alerts.webhook.url: Some(\"https://hooks.example/…\") Some(\"https://hooks.example/…\")",
                "risk.max_leverage: None Some(\"\\\"3\\\"\")",
            ]
        );
        assert!(found[1].is_secret);
    }

    #[test]
    fn every_key_says_its_default_and_when_a_change_holds() {
        let mut settings = Settings::default();
        settings.exchange.attempts = 7;
        let all = described(&settings);
        let attempts = all.iter().find(|key| key.key == "exchange.attempts").unwrap();
        assert_eq!((attempts.value.as_str(), attempts.default.as_deref()), ("7", Some("3")));
        assert_eq!(attempts.holds, crate::ports::ConfigHolds::AtOnce);
        assert!(all.len() > 50);
    }
}
