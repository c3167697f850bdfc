//! The services of the system, with the week in which each gets its interface, and in which each consumer moves to it.

use std::fmt;
use std::sync::Arc;

use di_core::{interface, service};

/// Writes the services. `AlertManager as IAlerts since "week1" { metrics: MetricsManager as IMetrics since "week1", }`
/// is
///
/// ```text
/// #[cfg_attr(feature = "week1", service(provides = IAlerts))]
/// #[cfg_attr(not(feature = "week1"), service)]
/// pub struct AlertManager {
///     #[cfg(feature = "week1")]
///     metrics: Arc<dyn IMetrics>,
///     #[cfg(not(feature = "week1"))]
///     metrics: Arc<MetricsManager>,
/// }
/// ```
///
/// with a method that tells what it is wired to, on the type and on the interface.
macro_rules! services {
    ($(
        $service:ident as $interface:ident since $week:literal {
            $($member:ident: $needed:ident as $key:ident since $moved:literal,)*
        }
    )*) => { $(
        #[doc = concat!("What others may know of [`", stringify!($service), "`].")]
        #[interface]
        pub trait $interface {
            /// Its name, and those of all that it is wired to.
            fn wiring(&self) -> String;
        }

        #[doc = concat!("Provides [`", stringify!($interface), "`] since ", $week, ".")]
        #[cfg_attr(feature = $week, service(provides = $interface))]
        #[cfg_attr(not(feature = $week), service)]
        pub struct $service {
            $(
                #[cfg(feature = $moved)]
                pub(crate) $member: Arc<dyn $key>,
                #[cfg(not(feature = $moved))]
                pub(crate) $member: Arc<$needed>,
            )*
        }

        impl $service {
            /// Its name, and those of all that it is wired to.
            pub fn wiring(&self) -> String {
                let needs: Vec<String> = vec![$(self.$member.wiring()),*];
                if needs.is_empty() {
                    stringify!($service).to_owned()
                } else {
                    format!("{}({})", stringify!($service), needs.join(" "))
                }
            }
        }

        impl fmt::Debug for $service {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.wiring())
            }
        }

        impl $interface for $service {
            fn wiring(&self) -> String {
                Self::wiring(self)
            }
        }
    )* };
}

services! {
    // The four that are called done.
    ConfigManager as IConfigManager since "start" {}
    ExchangeManager as IExchangeManager since "start" {
        config: ConfigManager as IConfigManager since "start",
        bybit: BybitExchange as IExchange since "start",
    }
    BybitExchange as IExchange since "start" {
        rest: RestClient as IRestClient since "week3",
        sockets: WebSocketManager as IWebSockets since "week2",
    }
    MarketDataManager as IMarketData since "start" {
        exchanges: ExchangeManager as IExchangeManager since "start",
        // It measures this one venue, and keeps its type.
        bybit: BybitExchange as IExchange since "never",
        candles: CandleCache as ICandleCache since "week3",
    }

    // The first week: what is asked for most.
    AlertManager as IAlerts since "week1" {
        metrics: MetricsManager as IMetrics since "week1",
        formatter: AlertFormatter as IAlertFormatter since "week3",
        webhook: WebhookClient as IWebhooks since "week3",
    }
    MetricsManager as IMetrics since "week1" {
        clock: SystemClock as IClock since "week4-reporting",
    }
    MarketMonitor as IMarketMonitor since "week1" {
        market: MarketDataManager as IMarketData since "week1",
        signals: SignalGenerator as ISignals since "week1",
        metrics: MetricsManager as IMetrics since "week2",
        top: TopSymbols as ITopSymbols since "week2",
        health: HealthMonitor as IHealthMonitor since "week3",
    }
    HealthMonitor as IHealthMonitor since "week1" {
        metrics: MetricsManager as IMetrics since "week1",
        alerts: AlertManager as IAlerts since "week1",
        history: HealthHistory as IHealthHistory since "week4-reporting",
    }
    SignalGenerator as ISignals since "week1" {
        config: ConfigManager as IConfigManager since "week1",
        confluence: ConfluenceAnalyzer as IConfluence since "week1",
        alerts: AlertManager as IAlerts since "week2",
        store: SignalStore as ISignalStore since "week4-analysis",
    }
    ConfluenceAnalyzer as IConfluence since "week1" {
        technical: TechnicalIndicators as ITechnicalIndicators since "week1",
        volume: VolumeIndicators as IVolumeIndicators since "week1",
        orderflow: OrderflowIndicators as IOrderflowIndicators since "week2",
        orderbook: OrderbookIndicators as IOrderbookIndicators since "week2",
        structure: PriceStructure as IPriceStructure since "week2",
        sentiment: SentimentIndicators as ISentimentIndicators since "week2",
    }
    TechnicalIndicators as ITechnicalIndicators since "week1" {
        market: MarketDataManager as IMarketData since "week1",
        candles: CandleCache as ICandleCache since "week3",
    }
    VolumeIndicators as IVolumeIndicators since "week1" {
        market: MarketDataManager as IMarketData since "week2",
        candles: CandleCache as ICandleCache since "week3",
    }
    WebSocketManager as IWebSockets since "week1" {
        config: ConfigManager as IConfigManager since "week1",
        clock: SystemClock as IClock since "never",
    }
    ReportManager as IReports since "week1" {
        pdf: PdfGenerator as IPdf since "week2",
        signals: SignalGenerator as ISignals since "week3",
        alerts: AlertManager as IAlerts since "week2",
    }

    // The second: what people look at, and the other indicators.
    PdfGenerator as IPdf since "week2" {
        charts: ChartRenderer as ICharts since "week3",
    }
    LiquidationTracker as ILiquidations since "week2" {
        sockets: WebSocketManager as IWebSockets since "week2",
        market: MarketDataManager as IMarketData since "week3",
    }
    TopSymbols as ITopSymbols since "week2" {
        market: MarketDataManager as IMarketData since "week2",
        filter: SymbolFilter as ISymbolFilter since "week3",
    }
    Dashboard as IDashboard since "week2" {
        cache: DashboardCache as IDashboardCache since "never",
        monitor: MarketMonitor as IMarketMonitor since "week2",
        signals: SignalGenerator as ISignals since "week2",
        reports: ReportManager as IReports since "week3",
        top: TopSymbols as ITopSymbols since "week3",
    }
    OrderflowIndicators as IOrderflowIndicators since "week2" {
        market: MarketDataManager as IMarketData since "week2",
        liquidations: LiquidationTracker as ILiquidations since "week2",
    }
    OrderbookIndicators as IOrderbookIndicators since "week2" {
        market: MarketDataManager as IMarketData since "week2",
    }
    PriceStructure as IPriceStructure since "week2" {
        market: MarketDataManager as IMarketData since "week2",
        candles: CandleCache as ICandleCache since "week3",
    }
    SentimentIndicators as ISentimentIndicators since "week2" {
        market: MarketDataManager as IMarketData since "week3",
        liquidations: LiquidationTracker as ILiquidations since "week2",
    }

    // The third: helpers, from the bottom up.
    RateLimiter as IRateLimiter since "week3" {
        config: ConfigManager as IConfigManager since "week1",
        clock: SystemClock as IClock since "never",
    }
    RestClient as IRestClient since "week3" {
        limiter: RateLimiter as IRateLimiter since "week3",
        config: ConfigManager as IConfigManager since "week2",
    }
    CandleCache as ICandleCache since "week3" {
        clock: SystemClock as IClock since "week4-analysis",
    }
    SymbolFilter as ISymbolFilter since "week3" {
        config: ConfigManager as IConfigManager since "week3",
    }
    ChartRenderer as ICharts since "week3" {
        market: MarketDataManager as IMarketData since "week2",
        candles: CandleCache as ICandleCache since "week4-reporting",
    }
    AlertFormatter as IAlertFormatter since "week3" {
        clock: SystemClock as IClock since "week4-reporting",
    }
    WebhookClient as IWebhooks since "week3" {
        rest: RestClient as IRestClient since "week3",
        config: ConfigManager as IConfigManager since "week2",
    }

    // The fourth.
    SignalStore as ISignalStore since "week4-reporting" {
        clock: SystemClock as IClock since "week4-analysis",
    }
    HealthHistory as IHealthHistory since "week4-reporting" {
        clock: SystemClock as IClock since "week4-reporting",
    }
    SystemClock as IClock since "week4-reporting" {}

    // A detail of the dashboard, which nobody else shall know.
    DashboardCache as IDashboardCache since "never" {}
}

impl MarketDataManager {
    /// The venue that it measures.
    pub fn venue(&self) -> &BybitExchange {
        &self.bybit
    }
}
