//! The changes of a reload, and when each holds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Settings;
use crate::ports::ConfigHolds;

/// Keys that services ask for each time, so that a change holds at once.
const AT_ONCE: [&str; 15] = [
    "exchange.order",
    "exchange.requests_per_second",
    "exchange.attempts",
    "exchange.heartbeat_timeout",
    "exchange.max_error_percent",
    "features.new_risk",
    "trading.enabled",
    "trading.long_only",
    "risk.flatten",
    "risk.flatten_within",
    "execution.book_levels",
    "modules.asia_confidence",
    "modules.europe_confidence",
    "modules.us_confidence",
    "modules.stop_loss_percent",
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
    use std::path::Path;
    use std::sync::Arc;

    use rust_decimal::Decimal;

    use super::*;
    use crate::config::ConfigManager;
    use crate::data::MarketDataManager;
    use crate::engine::ManualClock;
    use crate::model::Currency;
    use crate::portfolio::MarketRates;
    use crate::ports::{IConfigService, ICurrencyRates};
    use crate::store::MemoryState;

    #[test]
    fn the_rates_and_the_currency_of_the_account_hold_from_the_next_start() {
        let currency = |code: &str| code.parse::<Currency>().unwrap();
        let (usd, usdt) = (currency("USD"), currency("USDT"));
        let mut settings = Settings::default();
        settings.portfolio.rates = [(usd.clone(), Decimal::ONE)].into();
        let manager = Arc::new(ConfigManager::new(Arc::new(settings.clone())));
        let config: Arc<dyn IConfigService> = Arc::clone(&manager) as _;
        let (clock, kept) = (Arc::new(ManualClock::default()), Arc::new(MemoryState::default()));
        let market = MarketDataManager::new(Arc::clone(&config), clock, kept).unwrap();
        let rates = MarketRates::new(config, Arc::new(market));
        let rate = || rates.rate(&usd, &usdt).map(|rate| rate.value());
        assert_eq!(rate(), Some(Decimal::ONE));
        settings.portfolio.rates = [(usd.clone(), Decimal::TWO)].into();
        settings.portfolio.currency = currency("EUR");
        manager.replace(settings).unwrap();
        assert_eq!(rate(), Some(Decimal::ONE));
        for key in ["portfolio.rates.USD", "portfolio.currency"] {
            assert_eq!(Changes::holds(key), ConfigHolds::AfterRestart, "{key}");
        }
    }

    /// The files that ask for a section after the construction of a service, with the keys that they look at then.
    const ASKED_EACH_TIME: [(&str, &[&str]); 11] = [
        ("modules/crypto_trading.rs", &["trading.long_only"]),
        ("modules/position_guard.rs", &["modules.stop_loss_percent"]),
        ("modules/sessions.rs", &["modules.asia_confidence", "modules.europe_confidence", "modules.us_confidence"]),
        ("risk/service.rs", &["features.new_risk", "risk.flatten"]),
        ("engine/trading/ending.rs", &["risk.flatten", "risk.flatten_within"]),
        ("engine/trading/engine.rs", &["execution.book_levels"]),
        ("engine/trading/ordering.rs", &["trading.enabled", "trading.long_only"]),
        ("strategy/service.rs", &["trading.long_only"]),
        ("venues/manager.rs", &["exchange.order", "exchange.heartbeat_timeout", "exchange.max_error_percent"]),
        ("venues/layers/retrying.rs", &["exchange.attempts"]),
        ("venues/layers/rate_limited.rs", &["exchange.requests_per_second"]),
    ];

    /// The files that ask for a section when they start.
    const ASKED_AT_START: [&str; 2] = ["venues/simulated/exchange.rs", "api/live/feed.rs"];

    #[test]
    fn the_keys_that_services_ask_for_each_time_are_those_that_hold_at_once() {
        fn asking(folder: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    asking(&path, found);
                } else if std::fs::read_to_string(&path).unwrap().contains(concat!("self.config", ".section::<")) {
                    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
                    found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        let mut found = Vec::new();
        asking(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
        found.sort();
        let files = ASKED_EACH_TIME.iter().map(|(file, _)| *file).chain(ASKED_AT_START);
        let mut expected: Vec<_> = files.collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let keys = ASKED_EACH_TIME.iter().flat_map(|(_, keys)| keys.iter().copied());
        let (asked, listed): (std::collections::BTreeSet<_>, _) = (keys.collect(), AT_ONCE.into_iter().collect());
        assert_eq!(asked, listed);
    }

    #[test]
    fn each_key_that_changes_is_named_with_the_time_from_which_it_holds() {
        let (old, mut new) = (Settings::default(), Settings::default());
        assert_eq!(Changes::between(&old, &new).to_string(), "nothing has changed");
        new.exchange.attempts = 7;
        new.monitor.large_trade += Decimal::ONE;
        new.alerts.history = 5;
        assert_eq!(
            Changes::between(&old, &new).to_string(),
            "taken: exchange.attempts; for symbols that are watched from now on: monitor.large_trade; after the next \
             start: alerts.history"
        );
    }
}
