//! The interface of the configurations that hold and held.

use std::path::PathBuf;

use super::{ConfigError, KeptConfiguration, StateError};
use crate::model::Timestamp;

/// From when on a change of a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigHolds {
    /// At once.
    AtOnce,
    /// For symbols that are watched from then on.
    ForNew,
    /// From the next start on.
    AfterRestart,
}

/// A key with its value, as people may see it: of a secret, only the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigKey {
    /// Its name: `risk.max_leverage`.
    pub key: String,
    /// Its value, as TOML.
    pub value: String,
    /// What it is when nobody says anything.
    pub default: Option<String>,
    /// From when on a change of it holds.
    pub holds: ConfigHolds,
}

/// The configuration that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentConfig {
    /// The file that is read again when it changes.
    pub file: Option<PathBuf>,
    /// What a person should know of the file.
    pub warning: Option<String>,
    /// Why the file is not taken, if so: what held before still holds.
    pub rejected: Option<String>,
    /// Every key.
    pub keys: Vec<ConfigKey>,
}

/// A key in which two configurations differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigDifference {
    /// Its name.
    pub key: String,
    /// Its value in the first one, if it has it.
    pub before: Option<String>,
    /// Its value in the second one, if it has it.
    pub after: Option<String>,
    /// Whether the values are secrets, of which only this is told.
    pub is_secret: bool,
}

/// A change of a key, with when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// When, by the clock of the machine.
    pub time: Timestamp,
    /// The configuration that brought it; nothing where an operator has switched a mode, which holds until the end of the run.
    pub version: Option<u64>,
    /// What has changed.
    pub difference: ConfigDifference,
    /// Why.
    pub reason: String,
}

/// Why a kept configuration cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum VersionUnread {
    /// There is none of that number.
    #[error("expected a configuration from 1 to {newest}, found {version}")]
    Unknown {
        /// The number.
        version: u64,
        /// The number of the last one.
        newest: u64,
    },
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// What is kept are no settings.
    #[error("expected kept settings that can be read: {0}")]
    Settings(String),
}

/// Why nothing was rolled back; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RollbackError {
    /// The configuration to go back to cannot be read.
    #[error(transparent)]
    Unread(#[from] VersionUnread),
    /// The platform runs without a file.
    #[error("expected a file to write to: the platform was started without `--config FILE.toml`")]
    NoFile,
    /// The configuration to go back to was without one.
    #[error("expected a configuration with a file, but {0} was without one")]
    NoText(u64),
    /// The platform would not take it any more.
    #[error(transparent)]
    Invalid(#[from] ConfigError),
    /// The file cannot be written.
    #[error("{}: expected to write it: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The configuration that holds, those that held before, and the way back to them.
#[di_core::interface]
pub trait IConfigHistory {
    /// What holds now.
    fn current(&self) -> CurrentConfig;

    /// Those that were accepted, oldest first. They have secrets.
    ///
    /// # Errors
    /// [`StateError`] when they cannot be read now.
    fn versions(&self) -> Result<Vec<KeptConfiguration>, StateError>;

    /// The keys in which two of them differ.
    ///
    /// # Errors
    /// [`VersionUnread`].
    fn difference(&self, old: u64, new: u64) -> Result<Vec<ConfigDifference>, VersionUnread>;

    /// The changes of a key, or of all keys beneath it, newest first: what configurations have brought, and what operators have
    /// switched.
    ///
    /// # Errors
    /// [`VersionUnread`].
    fn changes(&self, key: &str) -> Result<Vec<ConfigChange>, VersionUnread>;

    /// Writes the file of one of them over the file that holds, and takes it; says what that changes. It waits for disks.
    ///
    /// # Errors
    /// [`RollbackError`]; the file is then as it was.
    fn roll_back(&self, version: u64) -> Result<String, RollbackError>;
}
