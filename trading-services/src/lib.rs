//! A trading platform wired by one container: simulated, replayed, observed.
//!
//! One data path: a venue's messages become books and candles, the monitor looks at both and raises alerts, and everything
//! that happened is in a log whose hash is the same for the same messages, at any speed. Prices and quantities are exact
//! decimals; time comes from an injected clock.
//!
//! Where to begin: [`TradingApp`] says which services exist, [`run`] how they work together, the `I…` traits what each
//! one offers, [`Settings`] what can be configured.

mod alerts;
mod app;
mod candle_files;
mod clock;
mod config;
mod domain;
mod exchange;
mod interfaces;
mod market_data;
mod monitor;
mod recording;
mod run;
mod sync;

pub use alerts::{
    Alert, AlertContext, AlertError, AlertHandler, AlertLevel, AlertManager, AlertOutcome, AlertStats, AlertThresholds,
    ChannelError, FileChannel, LogChannel, WebhookChannel,
};
pub use app::{MonitoringModule, MonitoringModuleInputs, TradingApp, TradingAppInputs};
pub use candle_files::{CandleFileError, CandleReport, build_candles};
pub use clock::{ManualClock, SystemClock};
pub use config::{
    AlertSettings, ConfigError, ConfigManager, Environment, ExchangeSettings, FileChannelSettings, MarketDataSettings,
    MonitorSettings, Overrides, Problem, ReplaySettings, RunSettings, Settings, SimulationSettings, Speed, SpeedError,
    WebhookSettings, load, load_with_environment,
};
pub use domain::{
    BookDiff, BookSnapshot, BookTicker, BookTop, Candle, EventKind, Instrument, Level, MarketEvent, Price, Quantity,
    Side, Symbol, SymbolError, Timeframe, TimeframeError, Timestamp, TimestampError, Trade, ValueError, canonical,
};
pub use exchange::{ExchangeError, ExchangeHealth, ExchangeManager, ExchangeStatus, ReplayExchange, SimulatedExchange};
pub use interfaces::{
    EventStream, IAlertChannel, IAlertService, IClock, IConfigService, IExchange, IExchangeManager, IMarketDataService,
    IMonitoringService,
};
pub use market_data::{
    CandleBuilder, CandleError, DiffOutcome, Freshness, Gap, Ingested, MarketCounters, MarketDataError,
    MarketDataManager, MarketView, OrderBook, SnapshotOutcome, TopCheck, TopMismatch, ValidationError,
};
pub use monitor::{MarketMonitor, MonitorError, MonitorState, MonitoringStatus, SymbolHealth};
pub use recording::{LineReader, RecordingError, RecordingReader};
pub use run::{
    EventLog, Latency, NoObserver, Platform, RunError, RunObserver, RunOptions, RunReport, StopHandle, StopReason,
    StopSignal, Summary, run, stop_signal,
};
