//! Which interfaces wire the platform; one file each, data typed, no map of strings.

mod alert;
mod alert_channel;
mod clock;
mod config;
mod exchange;
mod exchange_manager;
mod market_data;
mod metrics;
mod monitoring;
mod signal;
mod strategy;

pub use alert::IAlertService;
pub use alert_channel::IAlertChannel;
pub use clock::IClock;
pub use config::IConfigService;
pub use exchange::{EventStream, IExchange, TypedVenue};
pub use exchange_manager::IExchangeManager;
pub use market_data::IMarketDataService;
pub use metrics::IMetricsService;
pub use monitoring::IMonitoringService;
pub use signal::ISignalService;
pub use strategy::IStrategy;
