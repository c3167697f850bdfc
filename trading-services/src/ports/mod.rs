//! Interfaces through which features meet, with the types that they speak; one file each, and no map of strings.

mod accounts;
mod act;
mod alert;
mod alert_channel;
mod alert_service;
mod analysis;
mod backtest_result;
mod backtests;
mod clock;
mod config;
mod config_error;
mod config_history;
mod config_rules;
mod currency_rates;
mod curve_points;
mod dashboard;
mod exchange;
mod exchange_error;
mod exchange_manager;
mod features;
mod indicator;
mod indicator_service;
mod jobs;
mod kept_alert;
mod kept_configuration;
mod latest;
mod liquidation;
mod market_data;
mod market_error;
mod market_view;
mod metrics;
mod mode_switch;
mod monitor_error;
mod monitoring;
mod monitoring_state;
mod order_executor;
mod portfolio;
mod preferences;
mod recent_log;
mod reporting;
mod risk;
mod shadow;
mod signal;
mod signal_service;
mod state_manager;
mod strategy;
mod submission;
mod symbol_watch;
mod top_symbols;
mod trading_engine;
mod trading_module;
mod trading_settings;
mod wiring;

pub use accounts::{Account, Rejections};
pub use act::Act;
pub use alert::{Alert, AlertContext, AlertLevel, AlertOutcome, AlertStats, AlertThresholds, OpenAlerts};
pub use alert_channel::{ChannelError, IAlertChannel};
pub use alert_service::IAlertService;
pub use analysis::{
    AnalysisError, AnalysisView, ComponentOpinion, ComponentScore, Confluence, IAnalysisService, IConfluenceComponent,
};
pub use backtest_result::{BacktestResult, ResultFigures, ResultMonth, ResultPoint, ResultTrade};
pub use backtests::{
    BacktestError, BacktestFigures, BacktestJob, BacktestMarket, BacktestRequest, IBacktestRunner, IBacktests,
};
pub use clock::{IClock, IEventClock};
pub use config::{Environment, IConfigService, Section};
pub use config_error::{ConfigError, Problem};
pub use config_history::{
    ConfigChange, ConfigDifference, ConfigHolds, ConfigKey, CurrentConfig, IConfigHistory, RollbackError, VersionUnread,
};
pub use config_rules::{Rules, Violation};
pub use currency_rates::ICurrencyRates;
pub(crate) use curve_points::curve_points;
pub use dashboard::{DashboardData, IDashboardService};
pub use exchange::{EventStream, IExchange, TypedVenue};
pub use exchange_error::ExchangeError;
pub use exchange_manager::{ExchangeHealth, ExchangeStatus, IExchangeManager};
pub use features::{FeatureMode, Features};
pub use indicator::{
    Bar, IndicatorColumn, IndicatorError, IndicatorInfo, IndicatorSpec, IndicatorTable, Parameter, PriceSeries,
};
pub use indicator_service::{IIndicatorService, Indicator};
pub use jobs::{JobState, Progress};
pub use kept_alert::{Acknowledgement, AlertDelivery, KeptAlert};
pub use kept_configuration::KeptConfiguration;
pub use latest::Latest;
pub use liquidation::{ILiquidationService, LiquidatedSide, LiquidationConfig, LiquidationReport};
pub use market_data::IMarketDataService;
pub use market_error::{MarketDataError, ValidationError};
pub use market_view::{Freshness, Gap, Ingested, MarketCounters, MarketView, TopMismatch};
pub use metrics::IMetricsService;
pub use mode_switch::ModeSwitch;
pub use monitor_error::MonitorError;
pub use monitoring::IMonitoringService;
pub use monitoring_state::{MonitorState, MonitoringStatus, SymbolHealth};
pub use order_executor::{IOrderExecutor, MarketTick, OrderError};
pub use portfolio::{EquityPoint, IPortfolio, Outcomes, PortfolioError, PositionView, ProfitAndLoss};
pub use preferences::{IPreferences, PreferenceError};
pub use recent_log::{IRecentLog, LogLevel, LogLine};
pub use reporting::{
    IReportingService, IReports, ReportAbout, ReportError, ReportFormat, ReportJob, ReportKind, ReportRefused,
    ReportRequest,
};
pub use risk::{
    IRiskManager, ModuleLimits, Refusals, RiskAnswer, RiskLimits, RiskMetrics, RiskReason, RiskRequest, SizingFacts,
    kill_reason,
};
pub use shadow::ShadowRecord;
pub use signal::{Direction, Opinion, Reason, Signal, SignalStatistics};
pub use signal_service::ISignalService;
pub use state_manager::{IStateManager, OrderEvent, StateError, StateFact};
pub(crate) use strategy::last;
pub use strategy::{
    CandleNeed, IStrategy, StrategyMode, StrategyNeeds, StrategyParameter, StrategyRole, StrategyView, SwitchError,
    UnknownStrategy,
};
pub(crate) use submission::{Submission, bounded, submit_if_admitted, worst_price};
pub use symbol_watch::{ISymbolWatch, ISymbolWatches};
pub use top_symbols::{ITopSymbolsService, RankedSymbol};
pub use trading_engine::{ITradingEngine, TradeDecision, TradingPerformance};
pub use trading_module::{
    IOrchestrator, ISessions, ITradingModule, KeptOpportunity, ModuleError, ModuleOutcome, ModuleReport, ModuleTrade,
    ModuleTurn, Opportunity, Session,
};
pub use trading_settings::TradingSettings;
pub use wiring::IWiring;
