//! Configuration: layers, validation, reload; each section is defined by the feature that owns it.

mod changes;
mod hangup;
mod history;
mod layers;
mod locate;
mod manager;
mod operation;
mod rollback;
mod schema;
mod sections;
mod settings;
mod shown;
mod validate;
mod version;
mod watch;

pub use history::ConfigHistory;
pub use layers::{Overrides, load, load_with_environment};
pub use manager::ConfigManager;
pub use operation::{HealthSettings, LifecycleSettings};
pub use rollback::restore;
pub use schema::schema;
pub use settings::{Settings, Version};
pub use shown::{changes, difference, keys, masked};
pub use version::{CURRENT, VersionError, carry};
