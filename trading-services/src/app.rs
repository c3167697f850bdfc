//! Which services exist, and what is wired to what.

use std::sync::Arc;

use di_core::container;
use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};

use crate::alerts::{Alert, AlertManager, FileChannel, HealthAlerts, LogChannel, WebhookChannel};
use crate::clock::ManualClock;
use crate::config::{ConfigManager, Settings};
use crate::domain::Symbol;
use crate::exchange::{ExchangeManager, RateLimited, ReplayExchange, Retrying, SimulatedExchange};
use crate::health_topics::HealthTopics;
use crate::http::HttpServer;
use crate::interfaces::{
    IAlertChannel, IAlertService, IClock, IConfigService, IExchange, IMarketDataService, IMonitoringService,
    ISignalService, IStrategy,
};
use crate::market_data::{MarketDataManager, VenueBook};
use crate::metrics::PrometheusMetrics;
use crate::monitor::{MarketMonitor, PriceMove, SymbolWatch};
use crate::run::{EventLoop, Platform};
use crate::signals::{Breakout, Crossover, Signal, SignalService};

/// The platform: one instance of every service.
///
/// A venue stands here three times: as itself, with its rate limit, and with patience around both. Only the last is a
/// member of the group, and what is inside is answered by its type alone, so that nobody gets past the limit by interface.
///
/// What may interest somebody whom its service does not know is told on the bus: each topic is a service, too.
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
    metrics: PrometheusMetrics,
    bus: Bus,
    alerts_raised: Topic<Alert>,
    signals_given: Topic<Signal>,
    health_changed: Topic<HealthChanged>,
    service_unhealthy: Topic<ServiceUnhealthy>,
    #[entry]
    health_topics: HealthTopics,
    #[entry]
    http: HttpServer,
    clock: ManualClock,
    #[register(concrete)]
    simulated: SimulatedExchange,
    #[register(concrete)]
    limited_simulated: RateLimited<SimulatedExchange>,
    #[many(dyn IExchange, key = "simulated")]
    #[register(concrete)]
    patient_simulated: Retrying<RateLimited<SimulatedExchange>>,
    #[register(concrete)]
    replay: ReplayExchange,
    #[register(concrete)]
    limited_replay: RateLimited<ReplayExchange>,
    #[many(dyn IExchange, key = "replay")]
    #[register(concrete)]
    patient_replay: Retrying<RateLimited<ReplayExchange>>,
    exchange: ExchangeManager,
    market: MarketDataManager,
    #[module]
    monitoring: MonitoringModule,
    #[module]
    signals: SignalModule,
    #[entry]
    platform: Platform,
    #[entry]
    event_loop: EventLoop,
    #[entry]
    simulated_book: VenueBook<Retrying<RateLimited<SimulatedExchange>>>,
    #[entry]
    replay_book: VenueBook<Retrying<RateLimited<ReplayExchange>>>,
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
    #[inherit]
    alerts_raised: Arc<Topic<Alert>>,
    #[inherit]
    health_changed: Arc<Topic<HealthChanged>>,
    #[inherit]
    service_unhealthy: Arc<Topic<ServiceUnhealthy>>,
    #[many(dyn IAlertChannel, key = "log")]
    log: LogChannel,
    #[many(dyn IAlertChannel, key = "file")]
    file: FileChannel,
    #[many(dyn IAlertChannel, key = "webhook")]
    webhook: WebhookChannel,
    alerts: AlertManager,
    #[entry]
    health: HealthAlerts,
    monitor: MarketMonitor,
    #[scope]
    symbol: SymbolScope,
}

/// What lives as long as one symbol is watched; the monitor makes one per symbol.
#[container]
pub struct SymbolScope {
    /// Which symbol.
    #[input]
    symbol: Symbol,
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    alerts: Arc<dyn IAlertService>,
    prices: PriceMove,
    #[entry]
    watch: SymbolWatch,
}

/// When to buy or sell: the strategies, and the service that makes signals of their opinions.
#[container(provides = ISignalService)]
pub struct SignalModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    signals_given: Arc<Topic<Signal>>,
    #[many(dyn IStrategy, key = "crossover")]
    crossover: Crossover,
    #[many(dyn IStrategy, key = "breakout")]
    breakout: Breakout,
    signals: SignalService,
}
