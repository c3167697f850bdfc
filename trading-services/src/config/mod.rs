//! Configuration: layers, validation, reload; each section is defined by the feature that owns it.

mod changes;
mod hangup;
mod layers;
mod locate;
mod manager;
mod operation;
mod sections;
mod settings;
mod validate;

pub use layers::{Overrides, load, load_with_environment};
pub use manager::ConfigManager;
pub use operation::{HealthSettings, LifecycleSettings};
pub use settings::Settings;
