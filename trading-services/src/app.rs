//! Which services exist, and what is wired to what.

use std::sync::Arc;

use crate::alerts::{AlertError, AlertManager, FileChannel, LogChannel, WebhookChannel};
use crate::clock::ManualClock;
use crate::config::{ConfigManager, Settings};
use crate::exchange::{ExchangeError, ExchangeManager, ReplayExchange, SimulatedExchange};
use crate::interfaces::{IAlertChannel, IClock, IConfigService, IExchange};
use crate::many::Many;
use crate::market_data::MarketDataManager;
use crate::monitor::MarketMonitor;
use crate::run::Platform;

/// What the platform needs from outside.
#[derive(Clone)]
pub struct TradingAppInputs {
    /// The validated settings.
    pub settings: Arc<Settings>,
    /// The clock of every service.
    pub clock: Arc<dyn IClock>,
}

/// The platform: one instance of every service.
///
/// ```
/// use std::sync::Arc;
/// use trading_services::{ManualClock, Settings, TradingApp, TradingAppInputs};
///
/// let clock = Arc::new(ManualClock::default());
/// let inputs = TradingAppInputs { settings: Arc::new(Settings::default()), clock: clock.clone() };
/// let app = TradingApp::build(inputs)?;
/// let platform = app.platform(clock);
/// assert_eq!(platform.exchanges.available_exchanges(), ["simulated", "replay"]);
/// # Ok::<(), trading_services::BuildError>(())
/// ```
#[derive(Debug)]
pub struct TradingApp {
    config: Arc<ConfigManager>,
    exchange: Arc<ExchangeManager>,
    market: Arc<MarketDataManager>,
    alerts: Arc<AlertManager>,
    monitor: Arc<MarketMonitor>,
}

/// Which service could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The exchange manager.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The alert channels.
    #[error(transparent)]
    Alerts(#[from] AlertError),
}

impl TradingApp {
    /// Makes every service, each after those that it needs.
    ///
    /// # Errors
    /// [`BuildError`] with the first service that could not be made.
    pub fn build(inputs: TradingAppInputs) -> Result<Self, BuildError> {
        let TradingAppInputs { settings, clock } = inputs;
        let config = Arc::new(ConfigManager::new(settings));
        let by_interface: Arc<dyn IConfigService> = Arc::clone(&config) as _;
        let conf = || Arc::clone(&by_interface);
        let time = || Arc::clone(&clock);

        let venues: Many<dyn IExchange> = vec![
            (
                "simulated",
                Arc::new(SimulatedExchange::new(conf(), time())),
            ),
            ("replay", Arc::new(ReplayExchange::new(conf()))),
        ];
        let exchange = Arc::new(ExchangeManager::new(conf(), time(), venues)?);
        let market = Arc::new(MarketDataManager::new(
            conf(),
            time(),
            Arc::clone(&exchange) as _,
        ));
        let channels: Many<dyn IAlertChannel> = vec![
            ("log", Arc::new(LogChannel::new())),
            ("file", Arc::new(FileChannel::new(conf()))),
            ("webhook", Arc::new(WebhookChannel::new(conf())?)),
        ];
        let alerts = Arc::new(AlertManager::new(conf(), time(), channels));
        let monitor = Arc::new(MarketMonitor::new(
            conf(),
            time(),
            Arc::clone(&market) as _,
            Arc::clone(&alerts) as _,
        ));
        Ok(Self {
            config,
            exchange,
            market,
            alerts,
            monitor,
        })
    }

    /// The services for the run loop. `clock` is the clock that the container was built with, before it became an interface.
    pub fn platform(&self, clock: Arc<ManualClock>) -> Platform {
        Platform {
            config: Arc::clone(&self.config) as _,
            clock,
            exchanges: Arc::clone(&self.exchange) as _,
            market: Arc::clone(&self.market) as _,
            monitor: Arc::clone(&self.monitor) as _,
            alerts: Arc::clone(&self.alerts) as _,
        }
    }
}

impl std::fmt::Debug for TradingAppInputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TradingAppInputs")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Services, interfaces, dependencies and build order, as text.
pub fn describe() -> String {
    "graph: wired by hand until the container macro exists".to_owned()
}
