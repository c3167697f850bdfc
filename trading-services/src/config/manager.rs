//! Who hands out the settings.

use std::sync::{Arc, Mutex};

use di_core::BoxError;
use di_core::health::{Health, HealthCheck};

use super::validate::violations;
use super::{ConfigError, Environment, Problem, Settings};
use crate::interfaces::IConfigService;
use crate::sync::lock;

/// Holds the settings that [`load`](super::load) has read and validated.
///
/// After a [`reload`](IConfigService::reload), `exchange.*` holds from the next request on (the limits and the order of
/// venues; not their symbols), and `monitor.*` for symbols that are watched from then on. The rest holds from the next
/// start.
#[derive(Debug)]
pub struct ConfigManager {
    settings: Mutex<Arc<Settings>>,
}

#[di_core::service(provides = IConfigService, health)]
impl ConfigManager {
    /// A manager of these settings.
    #[constructor]
    pub fn new(settings: Arc<Settings>) -> Self {
        Self { settings: Mutex::new(settings) }
    }
}

#[di_core::interface]
impl HealthCheck for ConfigManager {
    async fn check(&self) -> Result<Health, BoxError> {
        self.validate()?;
        Ok(Health::healthy().with("environment", format_args!("{:?}", self.environment())))
    }
}

impl IConfigService for ConfigManager {
    fn get(&self) -> Arc<Settings> {
        Arc::clone(&lock(&self.settings))
    }

    fn environment(&self) -> Environment {
        lock(&self.settings).environment
    }

    fn reload(&self, settings: Settings) -> Result<(), ConfigError> {
        check(&settings, "new settings")?;
        *lock(&self.settings) = Arc::new(settings);
        Ok(())
    }

    fn validate(&self) -> Result<(), ConfigError> {
        check(&self.get(), "current settings")
    }
}

fn check(settings: &Settings, origin: &str) -> Result<(), ConfigError> {
    let problems: Vec<_> = violations(settings)
        .into_iter()
        .map(|rule| Problem {
            key: rule.key.to_owned(),
            origin: origin.to_owned(),
            message: format!("expected {}, found {}", rule.expected, rule.found),
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_valid_hold_from_then_on_and_an_earlier_answer_stays() {
        let manager = ConfigManager::new(Arc::new(Settings::default()));
        let before = manager.get();
        let mut settings = Settings::default();
        settings.exchange.attempts = 7;
        manager.reload(settings).unwrap();
        assert_eq!((before.exchange.attempts, manager.get().exchange.attempts), (3, 7));
    }

    #[test]
    fn settings_that_are_not_valid_change_nothing() {
        let manager = ConfigManager::new(Arc::new(Settings::default()));
        let mut settings = Settings::default();
        (settings.exchange.attempts, settings.exchange.requests_per_second) = (7, 0);
        let error = manager.reload(settings).unwrap_err().to_string();
        assert!(error.contains("new settings: invalid configuration value: `exchange.requests_per_second`"), "{error}");
        assert_eq!(*manager.get(), Settings::default());
    }
}
