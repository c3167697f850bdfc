//! The container of the whole platform.

use std::sync::Arc;

use di_core::container;
use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};

use super::{
    AnalysisModule, BacktestRunner, DeskModule, LiveVenues, MonitoringModule, SignalModule, TradingModules, Wiring,
};
use crate::analysis::IndicatorService;
use crate::api::{Acts, ApiSources, Dashboard, EventTail, HttpServer, LiveFeed, PrometheusMetrics};
use crate::config::{ConfigHistory, ConfigManager, Settings};
use crate::data::MarketDataManager;
use crate::engine::backtest::BacktestJobs;
use crate::engine::{EventLoop, ManualClock, NoObserver, Platform, ReportJobs, ReportingService, VenueBook};
use crate::model::{Fill, FundingSettlement, Order};
use crate::monitoring::{HealthTopics, RecentLog};
use crate::portfolio::MarketRates;
use crate::ports::{Alert, IExchange, RiskAnswer, Signal};
use crate::store::{HealthHistory, Preferences, StateManager};
use crate::venues::ExchangeManager;
use crate::venues::layers::{RateLimited, Retrying};
use crate::venues::replay::ReplayExchange;
use crate::venues::simulated::SimulatedExchange;

/// The platform: one instance of every service.
///
/// A venue stands here three times: as itself, with its rate limit, and with retries around both. Only the last is a
/// member of the group, and what is inside is answered by its type alone, so that nobody gets past the limit by interface.
///
/// What may interest somebody whom its service does not know is told on the bus: each topic is a service, too.
///
/// ```
/// use di_core::prelude::*;
/// use std::sync::Arc;
/// use trading_services::app::{TradingApp, TradingAppInputs};
/// use trading_services::config::Settings;
/// use trading_services::engine::Platform;
///
/// let app = TradingApp::build(TradingAppInputs { settings: Arc::new(Settings::default()) })?;
/// let platform: &Platform = app.get();
/// assert_eq!(platform.exchanges.available_exchanges()[..3], ["simulated", "replay", "binance"]);
/// # Ok::<(), di_core::error::BuildError>(())
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
    risk_answered: Topic<RiskAnswer>,
    orders_changed: Topic<Order>,
    orders_filled: Topic<Fill>,
    funding_settled: Topic<FundingSettlement>,
    health_changed: Topic<HealthChanged>,
    service_unhealthy: Topic<ServiceUnhealthy>,
    #[entry]
    health_topics: HealthTopics,
    told: EventTail,
    #[entry]
    http: HttpServer,
    wiring: Wiring,
    log: RecentLog,
    backtest_runner: BacktestRunner,
    #[entry]
    backtests: BacktestJobs,
    acts: Acts,
    dashboard: Dashboard,
    feed: LiveFeed,
    api: ApiSources,
    clock: ManualClock,
    #[register(concrete)]
    simulated: SimulatedExchange,
    #[register(concrete)]
    limited_simulated: RateLimited<SimulatedExchange>,
    #[many(dyn IExchange, key = "simulated")]
    #[register(concrete)]
    retrying_simulated: Retrying<RateLimited<SimulatedExchange>>,
    #[register(concrete)]
    replay: ReplayExchange,
    #[register(concrete)]
    limited_replay: RateLimited<ReplayExchange>,
    #[many(dyn IExchange, key = "replay")]
    #[register(concrete)]
    retrying_replay: Retrying<RateLimited<ReplayExchange>>,
    #[module]
    #[many(dyn IExchange)]
    live: LiveVenues,
    exchange: ExchangeManager,
    market: MarketDataManager,
    rates: MarketRates,
    state: StateManager,
    #[entry]
    health_history: HealthHistory,
    preferences: Preferences,
    #[entry]
    config_history: ConfigHistory,
    #[module]
    monitoring: MonitoringModule,
    indicators: IndicatorService,
    #[module]
    analysis: AnalysisModule,
    #[module]
    signals: SignalModule,
    #[module]
    desk: DeskModule,
    #[module]
    modules: TradingModules,
    reports: ReportingService,
    #[entry]
    report_jobs: ReportJobs,
    #[entry]
    platform: Platform,
    observer: NoObserver,
    #[entry]
    event_loop: EventLoop,
    #[entry]
    simulated_book: VenueBook<Retrying<RateLimited<SimulatedExchange>>>,
    #[entry]
    replay_book: VenueBook<Retrying<RateLimited<ReplayExchange>>>,
}
