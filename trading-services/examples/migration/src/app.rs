//! The container of the system in each phase.

#![expect(
    clippy::missing_errors_doc,
    reason = "the lint sees what the container macro writes where another macro has written the container"
)]

use di_core::container;

use crate::system::{
    AlertFormatter, AlertManager, BybitExchange, CandleCache, ChartRenderer, ConfigManager, ConfluenceAnalyzer,
    Dashboard, DashboardCache, ExchangeManager, HealthHistory, HealthMonitor, LiquidationTracker, MarketDataManager,
    MarketMonitor, MetricsManager, OrderbookIndicators, OrderflowIndicators, PdfGenerator, PriceStructure, RateLimiter,
    ReportManager, RestClient, SentimentIndicators, SignalGenerator, SignalStore, SymbolFilter, SystemClock,
    TechnicalIndicators, TopSymbols, VolumeIndicators, WebSocketManager, WebhookClient,
};

/// What is asked for from outside: the dashboard, by its interface as soon as it has one.
#[cfg(feature = "week2")]
pub type Entry = dyn crate::system::IDashboard;

/// What is asked for from outside: the dashboard, by its interface as soon as it has one.
#[cfg(not(feature = "week2"))]
pub type Entry = Dashboard;

/// Writes the container of the phase, and two beside it, to measure what the second key costs: the same services with both
/// keys for each, and with one wherever nothing asks for the other any more. `until` is when the last consumer of the
/// concrete type moves.
macro_rules! containers {
    ($($(#[$attribute:meta])* $field:ident: $service:ident until $closed:literal,)*) => {
        /// The system.
        #[cfg_attr(not(feature = "week1"), container(register = concrete))]
        #[cfg_attr(
            all(feature = "week1", not(feature = "week2")),
            container(interface_coverage = 40, max_coupling = 80)
        )]
        #[cfg_attr(
            all(feature = "week2", not(feature = "week3")),
            container(interface_coverage = 65, max_coupling = 60)
        )]
        #[cfg_attr(
            all(feature = "week3", not(feature = "week4-reporting")),
            container(interface_coverage = 85, max_coupling = 40)
        )]
        #[cfg_attr(
            all(feature = "week4-reporting", any(not(feature = "week4"), feature = "rollback")),
            container(interface_coverage = 95, max_coupling = 20)
        )]
        #[cfg_attr(
            all(feature = "week4", not(feature = "rollback")),
            container(register = interface, interface_coverage = 95, max_coupling = 20)
        )]
        pub struct App {
            $($(#[$attribute])* $field: $service,)*
        }

        /// The system with both keys for each service.
        #[container]
        pub struct Dual {
            $($field: $service,)*
        }

        /// The system with one key for each service that is not asked for by both.
        #[container]
        pub struct Single {
            $(
                #[cfg_attr(feature = $closed, register(interface))]
                $field: $service,
            )*
        }

        /// Each field, and whether nothing asks for its concrete type any more.
        pub const CLOSED: &[(&str, bool)] = &[$((stringify!($field), cfg!(feature = $closed))),*];
    };
}

containers! {
    // Critical: both keys answer to the end.
    #[cfg_attr(any(not(feature = "week1"), feature = "week4"), register(dual))]
    config: ConfigManager until "week3",
    #[cfg_attr(any(not(feature = "week1"), feature = "week4"), register(dual))]
    exchanges: ExchangeManager until "start",
    #[cfg_attr(any(not(feature = "week1"), feature = "week4"), register(dual))]
    bybit: BybitExchange until "never",
    #[cfg_attr(any(not(feature = "week1"), feature = "week4"), register(dual))]
    market: MarketDataManager until "week3",
    #[cfg_attr(feature = "week4", register(dual))]
    sockets: WebSocketManager until "week2",
    #[cfg_attr(feature = "week4", register(dual))]
    rest: RestClient until "week3",
    #[cfg_attr(feature = "week4", register(dual))]
    limiter: RateLimiter until "week3",
    #[cfg_attr(feature = "week4", register(dual))]
    clock: SystemClock until "never",

    // What is not critical: by interface alone from the first step of the fourth week on.
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    alerts: AlertManager until "week2",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    formatter: AlertFormatter until "week3",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    webhook: WebhookClient until "week3",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    metrics: MetricsManager until "week2",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    health: HealthMonitor until "week3",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    history: HealthHistory until "week4-reporting",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    reports: ReportManager until "week3",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    pdf: PdfGenerator until "week2",
    #[cfg_attr(feature = "week4-reporting", register(interface))]
    charts: ChartRenderer until "week3",

    // The analysis: from the second step on.
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    signals: SignalGenerator until "week3",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    confluence: ConfluenceAnalyzer until "week1",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    technical: TechnicalIndicators until "week1",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    volume: VolumeIndicators until "week1",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    orderflow: OrderflowIndicators until "week2",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    orderbook: OrderbookIndicators until "week2",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    structure: PriceStructure until "week2",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    sentiment: SentimentIndicators until "week2",
    #[cfg_attr(feature = "week4-analysis", register(interface))]
    store: SignalStore until "week4-analysis",

    // All else: the container says it, in the third.
    liquidations: LiquidationTracker until "week2",
    candles: CandleCache until "week4-reporting",
    filter: SymbolFilter until "week3",
    top: TopSymbols until "week3",
    monitor: MarketMonitor until "week2",
    dashboard: Dashboard until "week2",

    // Concrete for good.
    #[cfg_attr(feature = "week4", register(concrete))]
    cache: DashboardCache until "never",
}
