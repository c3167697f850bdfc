//! Who hands out the settings.

use std::sync::Arc;

use super::validate::violations;
use super::{ConfigError, Environment, Problem, Settings};
use crate::interfaces::IConfigService;

/// Holds the settings that [`load`](super::load) has read and validated.
#[derive(Debug)]
pub struct ConfigManager {
    settings: Arc<Settings>,
}

#[di_core::service(provides = IConfigService)]
impl ConfigManager {
    /// A manager of these settings.
    #[constructor]
    pub fn new(settings: Arc<Settings>) -> Self {
        Self { settings }
    }
}

impl IConfigService for ConfigManager {
    fn get(&self) -> Arc<Settings> {
        Arc::clone(&self.settings)
    }

    fn environment(&self) -> Environment {
        self.settings.environment
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let problems: Vec<_> = violations(&self.settings)
            .into_iter()
            .map(|rule| Problem {
                key: rule.key.to_owned(),
                origin: "current settings".to_owned(),
                message: format!("expected {}, found {}", rule.expected, rule.found),
            })
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
    }
}
