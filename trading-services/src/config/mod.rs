//! Where do settings come from, what do they mean, and which values are allowed.

mod duration;
mod error;
mod hangup;
mod layers;
mod locate;
mod manager;
mod operation;
mod settings;
mod speed;
mod validate;

pub use error::{ConfigError, Problem};
pub use layers::{Overrides, load, load_with_environment};
pub use manager::ConfigManager;
pub use operation::{HealthSettings, HttpSettings, LifecycleSettings};
pub use settings::{
    AlertSettings, BreakoutSettings, CrossoverSettings, Environment, ExchangeSettings, FileChannelSettings,
    MarketDataSettings, MonitorSettings, ReplaySettings, RunSettings, Settings, SignalSettings, SimulationSettings,
    WebhookSettings,
};
pub use speed::{Speed, SpeedError};
