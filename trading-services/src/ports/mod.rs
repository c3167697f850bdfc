//! Interfaces through which features meet, with the types that they speak; one file each, and no map of strings.

mod accounts;
mod alert;
mod alert_channel;
mod alert_service;
mod clock;
mod config;
mod config_error;
mod config_rules;
mod exchange;
mod exchange_error;
mod exchange_manager;
mod indicator;
mod indicator_service;
mod market_data;
mod market_error;
mod market_view;
mod metrics;
mod monitor_error;
mod monitoring;
mod monitoring_state;
mod portfolio;
mod signal;
mod signal_service;
mod strategy;
mod symbol_watch;

pub use accounts::{Account, Rejections};
pub use alert::{Alert, AlertContext, AlertLevel, AlertOutcome, AlertStats, AlertThresholds};
pub use alert_channel::{ChannelError, IAlertChannel};
pub use alert_service::IAlertService;
pub use clock::{IClock, IEventClock};
pub use config::{Environment, IConfigService, Section};
pub use config_error::{ConfigError, Problem};
pub use config_rules::{Rules, Violation};
pub use exchange::{EventStream, IExchange, TypedVenue};
pub use exchange_error::ExchangeError;
pub use exchange_manager::{ExchangeHealth, ExchangeStatus, IExchangeManager};
pub use indicator::{
    Bar, IndicatorError, IndicatorInfo, IndicatorSpec, IndicatorTable, Parameter, PriceSeries, Values,
};
pub use indicator_service::{IIndicatorService, Indicator};
pub use market_data::IMarketDataService;
pub use market_error::{MarketDataError, ValidationError};
pub use market_view::{Freshness, Gap, Ingested, MarketCounters, MarketView, TopMismatch};
pub use metrics::IMetricsService;
pub use monitor_error::MonitorError;
pub use monitoring::IMonitoringService;
pub use monitoring_state::{MonitorState, MonitoringStatus, SymbolHealth};
pub use portfolio::{EquityPoint, IPortfolio, PortfolioError, PositionView, ProfitAndLoss};
pub use signal::{Direction, Opinion, Reason, Signal, SignalStatistics};
pub use signal_service::ISignalService;
pub use strategy::IStrategy;
pub use symbol_watch::{ISymbolWatch, ISymbolWatches};
