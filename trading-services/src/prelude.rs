//! The names that most programs and tests need: all of [`model`](crate::model) and [`ports`](crate::ports), the containers
//! with their services, and the settings.
//!
//! ```
//! use trading_services::prelude::*;
//! ```

pub use crate::analysis::IndicatorService;
pub use crate::api::{Acts, ApiSources, Dashboard, EventTail, HttpServer, LiveFeed, PrometheusMetrics};
pub use crate::app::{
    AnalysisModule, BacktestRunner, CryptoModule, DeskModule, GuardModule, LiveVenues, MonitoringModule, SignalModule,
    SymbolScope, SymbolScopeInputs, SymbolScopes, TradingApp, TradingAppInputs, TradingModules, Wiring,
};
pub use crate::config::{ConfigHistory, ConfigManager, Overrides, Settings, load};
pub use crate::data::MarketDataManager;
pub use crate::engine::backtest::BacktestJobs;
pub use crate::engine::{
    EventLoop, FundingSettler, IRunObserver, ManualClock, News, NoObserver, Platform, ReportJobs, ReportingService,
    Speed, StopReason, Summary, SystemClock, TradingEngine, VenueBook,
};
pub use crate::execution::PaperExecutor;
pub use crate::model::*;
pub use crate::monitoring::alerts::{AlertManager, HealthAlerts};
pub use crate::monitoring::channels::{FileChannel, LogChannel, WebhookChannel};
pub use crate::monitoring::watch::{MarketMonitor, PriceMove, SymbolWatch};
pub use crate::monitoring::{HealthTopics, RecentLog};
pub use crate::portfolio::{MarketRates, Portfolio};
pub use crate::ports::*;
pub use crate::risk::RiskManager;
pub use crate::store::{HealthHistory, MemoryState, Preferences, StateManager};
pub use crate::strategy::{Breakout, ConfluenceStrategy, Crossover, MeanReversion, Momentum, SignalService, Trend};
pub use crate::venues::ExchangeManager;
pub use crate::venues::layers::{RateLimited, Retrying};
pub use crate::venues::replay::ReplayExchange;
pub use crate::venues::simulated::SimulatedExchange;
