//! Which services exist, and what is wired to what.

use std::sync::Arc;

use di_core::container;

use crate::alerts::{AlertManager, FileChannel, LogChannel, WebhookChannel};
use crate::clock::ManualClock;
use crate::config::{ConfigManager, Settings};
use crate::exchange::{ExchangeManager, ReplayExchange, SimulatedExchange};
use crate::interfaces::{
    IAlertChannel, IAlertService, IClock, IConfigService, IExchange, IMarketDataService, IMonitoringService,
};
use crate::market_data::MarketDataManager;
use crate::monitor::MarketMonitor;
use crate::run::Platform;

/// The platform: one instance of every service.
///
/// ```
/// use std::sync::Arc;
/// use trading_services::{Platform, Settings, TradingApp, TradingAppInputs};
///
/// let app = TradingApp::build(TradingAppInputs { settings: Arc::new(Settings::default()) })?;
/// let platform: &Platform = app.get();
/// assert_eq!(platform.exchanges.available_exchanges(), ["simulated", "replay"]);
/// # Ok::<(), di_core::BuildError>(())
/// ```
#[container]
pub struct TradingApp {
    /// The validated settings.
    #[input]
    settings: Arc<Settings>,
    config: ConfigManager,
    clock: ManualClock,
    #[many(dyn IExchange, key = "simulated")]
    simulated: SimulatedExchange,
    #[many(dyn IExchange, key = "replay")]
    replay: ReplayExchange,
    exchange: ExchangeManager,
    market: MarketDataManager,
    #[module]
    monitoring: MonitoringModule,
    #[entry]
    platform: Platform,
}

/// What watches the market and tells people: the monitor, the alerts and the ways they go.
#[container(provides = [IAlertService, IMonitoringService])]
pub struct MonitoringModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    market: Arc<dyn IMarketDataService>,
    #[many(dyn IAlertChannel, key = "log")]
    log: LogChannel,
    #[many(dyn IAlertChannel, key = "file")]
    file: FileChannel,
    #[many(dyn IAlertChannel, key = "webhook")]
    webhook: WebhookChannel,
    alerts: AlertManager,
    monitor: MarketMonitor,
}
