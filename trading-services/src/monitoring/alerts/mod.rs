//! Alerts: which are sent, how often, and by which routes.

mod cool_down;
mod deliveries;
mod escalation;
mod health_alerts;
mod manager;
mod restored;
mod route;
mod settings;

pub use health_alerts::HealthAlerts;
pub use manager::AlertManager;
pub use settings::Settings;
