//! Which settings hold.

use std::sync::Arc;

use crate::config::{ConfigError, Environment, Settings};

/// The configuration, typed and validated.
#[di_core::interface]
pub trait IConfigService {
    /// The settings that hold now; later changes do not touch the answer.
    fn get(&self) -> Arc<Settings>;

    /// Where the platform runs.
    fn environment(&self) -> Environment;

    /// Replaces the settings as a whole; when one value is out of range, the current ones stay.
    ///
    /// Who asks [`get`](Self::get) each time sees them at once. What a service took at its construction it keeps until it
    /// is made anew.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every value that is out of range.
    fn reload(&self, settings: Settings) -> Result<(), ConfigError>;

    /// Checks the settings again.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every value that is out of range.
    fn validate(&self) -> Result<(), ConfigError>;
}
