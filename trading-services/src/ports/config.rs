//! Settings, which every feature asks for by the section that it owns.

use std::any::{Any, TypeId, type_name};
use std::fmt::Debug;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Rules;
use crate::ports::ConfigError;

/// Where the platform runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// On a developer's machine.
    #[default]
    Development,
    /// With consequences: alerts reach people.
    Production,
}

/// One table of the configuration, owned by one feature.
pub trait Section: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name of the table: `market_data`.
    const NAME: &'static str;

    /// Adds every value that is out of range, by its key within the section.
    fn check(&self, rules: &mut Rules) {
        let _ = rules;
    }
}

/// The configuration, typed and validated.
///
/// A feature knows its own section only: `config.section::<data::Settings>()`.
#[di_core::interface]
pub trait IConfigService {
    /// The section of that type, if there is one; services call `config.section::<Settings>()`.
    fn section_of(&self, section: TypeId) -> Option<Arc<dyn Any + Send + Sync>>;

    /// Where the platform runs.
    fn environment(&self) -> Environment;

    /// Checks the settings again.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every value that is out of range.
    fn validate(&self) -> Result<(), ConfigError>;
}

impl dyn IConfigService {
    /// The section that holds now; a later reload does not touch the answer.
    ///
    /// # Panics
    /// When `S` is not part of the settings, which the first test that builds the service shows.
    pub fn section<S: Section>(&self) -> Arc<S> {
        let section = self.section_of(TypeId::of::<S>()).and_then(|section| section.downcast().ok());
        #[expect(
            clippy::panic,
            reason = "a section that is part of no settings is a mistake in the program, not in a file"
        )]
        section.unwrap_or_else(|| panic!("`{}` is not a section of the settings", type_name::<S>()))
    }
}
