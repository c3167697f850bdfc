//! A trading platform wired by one container: simulated, replayed, observed.
//!
//! One data path: a venue's messages become books and candles, the monitor looks at both and raises alerts, and everything
//! that happened is in a log whose hash is the same for the same messages, at any speed. Prices and quantities are exact
//! decimals; time comes from an injected clock.
//!
//! Where to begin: [`TradingApp`] says which services exist, [`EventLoop`] how they work together, the `I…` traits what each
//! one offers, [`Settings`] what can be configured.
//!
//! A service is tested alone, without a container and without a framework of mocks:
//!
//! ```
//! # use std::sync::Arc;
//! # use trading_services::*;
//! let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
//! # let (no_channels, bus) = (di_core::Many::new([]), di_core::events::Bus::new());
//! let alerts = AlertManager::new(config, Arc::new(ManualClock::default()), no_channels, Arc::new(bus.topic()));
//! let send = || alerts.send_alert("hello", AlertLevel::Info, AlertContext { rule: "test", ..AlertContext::default() });
//! assert_eq!(send(), AlertOutcome::Sent(1));
//! assert_eq!(send(), AlertOutcome::Duplicate);
//! ```
//!
//! The whole is tested with a part replaced: `#[container(from = TradingApp, replace(..))]`, see `tests/platform/overrides.rs`.

mod alerts;
mod app;
mod candle_files;
mod clock;
mod config;
mod domain;
mod exchange;
mod health_topics;
mod http;
mod interfaces;
mod market_data;
mod metrics;
mod monitor;
mod panics;
mod recording;
mod run;
mod signals;
mod sync;

pub use alerts::{
    Alert, AlertContext, AlertError, AlertLevel, AlertManager, AlertOutcome, AlertStats, AlertThresholds, ChannelError,
    FileChannel, HealthAlerts, LogChannel, WebhookChannel,
};
pub use app::{MonitoringModule, SignalModule, SymbolScope, SymbolScopeInputs, TradingApp, TradingAppInputs};
pub use candle_files::{CandleFileError, CandleReport, build_candles};
pub use clock::{ManualClock, SystemClock};
pub use config::{
    AlertSettings, BreakoutSettings, ConfigError, ConfigManager, CrossoverSettings, Environment, ExchangeSettings,
    FileChannelSettings, HealthSettings, HttpSettings, LifecycleSettings, MarketDataSettings, MonitorSettings,
    Overrides, Problem, ReplaySettings, RunSettings, Settings, SignalSettings, SimulationSettings, Speed, SpeedError,
    WebhookSettings, load, load_with_environment,
};
pub use domain::{
    BookDiff, BookSnapshot, BookTicker, BookTop, Candle, EventKind, Instrument, Level, MarketEvent, Price, Quantity,
    Side, Symbol, SymbolError, Timeframe, TimeframeError, Timestamp, TimestampError, Trade, ValueError, canonical,
};
pub use exchange::{
    ExchangeError, ExchangeHealth, ExchangeManager, ExchangeStatus, RateLimited, ReplayExchange, ReplayStream,
    Retrying, SimulatedExchange, SimulatedStream,
};
pub use health_topics::HealthTopics;
pub use http::{HttpError, HttpServer};
pub use interfaces::{
    EventStream, IAlertChannel, IAlertService, IClock, IConfigService, IExchange, IExchangeManager, IMarketDataService,
    IMetricsService, IMonitoringService, ISignalService, IStrategy, TypedVenue,
};
pub use market_data::{
    BookReport, BookState, CandleBuilder, CandleError, DiffOutcome, Freshness, Gap, Ingested, MarketCounters,
    MarketDataError, MarketDataManager, MarketView, OrderBook, SnapshotOutcome, TopCheck, TopMismatch, ValidationError,
    VenueBook,
};
pub use metrics::{MetricsError, PrometheusMetrics};
pub use monitor::{MarketMonitor, MonitorError, MonitorState, MonitoringStatus, PriceMove, SymbolHealth, SymbolWatch};
pub use recording::{LineReader, RecordingError, RecordingReader};
pub use run::{EventLog, EventLoop, Latency, NoObserver, Platform, RunError, RunObserver, StopReason, Summary};
pub use signals::{Breakout, Crossover, Direction, Opinion, Reason, Signal, SignalService, SignalStatistics};
