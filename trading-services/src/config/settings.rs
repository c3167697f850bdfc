//! Which settings are there, and what holds when nobody says anything.

use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{HealthSettings, HttpSettings, LifecycleSettings, Speed, duration};
use crate::alerts::AlertLevel;
use crate::domain::{Symbol, Timeframe, Timestamp};

/// Where the platform runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// On somebody's desk.
    #[default]
    Development,
    /// Where it counts.
    Production,
}

/// Everything that can be configured; every value has a default.
///
/// ```
/// use trading_services::Settings;
///
/// let settings = Settings::default();
/// assert_eq!(settings.exchange.order, ["simulated"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the platform runs.
    pub environment: Environment,
    /// How fast, how long, and what is written.
    pub run: RunSettings,
    /// Which venues and symbols.
    pub exchange: ExchangeSettings,
    /// The simulated venue.
    pub simulation: SimulationSettings,
    /// The replayed venue.
    pub replay: ReplaySettings,
    /// Books and candles.
    pub market_data: MarketDataSettings,
    /// What raises alerts.
    pub monitor: MonitorSettings,
    /// When to buy or sell.
    pub signals: SignalSettings,
    /// What becomes of alerts.
    pub alerts: AlertSettings,
    /// What can be asked over the network.
    pub http: HttpSettings,
    /// How long starting and stopping may take.
    pub lifecycle: LifecycleSettings,
    /// How often services are asked how they are.
    pub health: HealthSettings,
}

/// How fast, how long, and what is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// The pace of events; `1x` by default (`--replay` uses `max` unless told otherwise).
    pub speed: Speed,
    /// The longest time on the wall; without it as long as there are messages.
    #[serde(with = "duration::optional")]
    pub duration: Option<Duration>,
    /// The largest number of messages; without it all.
    pub events: Option<u64>,
    /// Where the event log goes; without it the log is hashed only.
    pub log: Option<PathBuf>,
}

/// Which venues and symbols.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExchangeSettings {
    /// Venues by name, the preferred one first; a venue that is not named is never used.
    pub order: Vec<String>,
    /// A venue is asked at most so often within any second of the injected clock, 1 to 1000.
    pub requests_per_second: u32,
    /// How often one request is made in all while the venue does not answer, 1 to 20.
    pub attempts: u32,
    /// The symbols to follow; empty means all that the venue offers.
    pub symbols: Vec<Symbol>,
    /// A venue that was silent for so long is unhealthy.
    #[serde(with = "duration")]
    pub heartbeat_timeout: Duration,
    /// A venue of whose last 100 calls more than so many failed is unhealthy, in percent.
    pub max_error_percent: u8,
}

/// The simulated venue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulationSettings {
    /// The same seed gives the same events.
    pub seed: u64,
    /// When the simulation begins, by its own clock.
    pub start: Timestamp,
    /// Messages per second over all symbols, 1 to 1,000,000.
    pub events_per_second: u32,
    /// Leaves out every so-many-th depth message of a symbol, to exercise resynchronisation; 0 for never.
    pub gap_every: u32,
    /// Fails every so-many-th request to the venue, to exercise retries; 0 for never.
    pub fail_every: u32,
}

/// The replayed venue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplaySettings {
    /// The recording: a receive time in nanoseconds, a space, the raw message; plain or gzip.
    pub file: Option<PathBuf>,
}

/// Books and candles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MarketDataSettings {
    /// Of which lengths candles are built.
    pub timeframes: Vec<Timeframe>,
    /// How many closed candles are kept per symbol and timeframe.
    pub candle_history: usize,
    /// A symbol that was silent for so long is degraded.
    #[serde(with = "duration")]
    pub stale_after: Duration,
    /// A trade that is further from the last one, in percent, is rejected.
    pub max_price_jump_percent: Decimal,
}

/// What raises alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonitorSettings {
    /// A price that moves so far within [`price_move_window`](Self::price_move_window), in percent.
    pub price_move_percent: Decimal,
    /// Within which time.
    #[serde(with = "duration")]
    pub price_move_window: Duration,
    /// A single trade of so much, in quote currency.
    pub large_trade: Decimal,
    /// A message that arrives so long after it happened at the venue.
    #[serde(with = "duration")]
    pub max_lag: Duration,
}

/// When to buy or sell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignalSettings {
    /// The candles that strategies look at; one of `market_data.timeframes`.
    pub timeframe: Timeframe,
    /// After a signal, others of the same symbol are suppressed for so long.
    #[serde(with = "duration")]
    pub cool_down: Duration,
    /// How many signals the history keeps.
    pub history: usize,
    /// The strategy `crossover`.
    pub crossover: CrossoverSettings,
    /// The strategy `breakout`.
    pub breakout: BreakoutSettings,
}

/// The strategy of two moving averages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrossoverSettings {
    /// How many closes the faster average has, 1 or more.
    pub fast: usize,
    /// How many closes the slower average has, more than the faster, at most 1000.
    pub slow: usize,
}

/// The strategy of leaving a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakoutSettings {
    /// How many candles make the range, 1 to 1000.
    pub bars: usize,
}

/// What becomes of alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertSettings {
    /// Alerts below this level are suppressed.
    pub min_level: AlertLevel,
    /// After an alert, others with the same key but another text are suppressed for so long.
    #[serde(with = "duration")]
    pub cool_down: Duration,
    /// After an alert, others with the same key and the same text are suppressed for so long.
    #[serde(with = "duration")]
    pub dedupe_window: Duration,
    /// How many alerts the history keeps.
    pub history: usize,
    /// The file channel.
    pub file: FileChannelSettings,
    /// The webhook channel.
    pub webhook: WebhookSettings,
}

/// The file channel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileChannelSettings {
    /// Alerts are appended here as one JSON object per line; without it the channel is off.
    pub path: Option<PathBuf>,
}

/// The webhook channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// Alerts are posted here as JSON; without it the channel is off.
    pub url: Option<String>,
    /// How often one alert is tried in all, 1 to 20.
    pub attempts: usize,
    /// The first pause; it doubles each time, with jitter.
    #[serde(with = "duration")]
    pub base_delay: Duration,
    /// The longest that one attempt may take.
    #[serde(with = "duration")]
    pub timeout: Duration,
}

impl ExchangeSettings {
    /// Whether [`order`](Self::order) names the venue, so that it may be used.
    pub(crate) fn names(&self, venue: &str) -> bool {
        self.order.iter().any(|name| name == venue)
    }
}

impl Default for RunSettings {
    fn default() -> Self {
        Self { speed: Speed::Times(1.0), duration: None, events: None, log: None }
    }
}

impl Default for ExchangeSettings {
    fn default() -> Self {
        Self {
            order: vec!["simulated".to_owned()],
            requests_per_second: 20,
            attempts: 3,
            symbols: Vec::new(),
            heartbeat_timeout: Duration::from_secs(30),
            max_error_percent: 50,
        }
    }
}

impl Default for SimulationSettings {
    fn default() -> Self {
        // 2024-01-01T00:00:00Z: fixed, so that the same seed gives the same log on any day.
        let start = Timestamp::from_nanos(1_704_067_200_000_000_000);
        Self { seed: 42, start, events_per_second: 20, gap_every: 0, fail_every: 0 }
    }
}

impl Default for MarketDataSettings {
    fn default() -> Self {
        Self {
            timeframes: Timeframe::ALL.to_vec(),
            candle_history: 1_000,
            stale_after: Duration::from_secs(300),
            max_price_jump_percent: Decimal::from(20),
        }
    }
}

impl Default for MonitorSettings {
    fn default() -> Self {
        Self {
            price_move_percent: Decimal::new(1, 1),
            price_move_window: Duration::from_secs(60),
            large_trade: Decimal::from(50_000),
            max_lag: Duration::from_secs(5),
        }
    }
}

impl Default for SignalSettings {
    fn default() -> Self {
        Self {
            timeframe: Timeframe::M1,
            cool_down: Duration::from_secs(300),
            history: 1_000,
            crossover: CrossoverSettings::default(),
            breakout: BreakoutSettings::default(),
        }
    }
}

impl Default for CrossoverSettings {
    fn default() -> Self {
        Self { fast: 9, slow: 21 }
    }
}

impl Default for BreakoutSettings {
    fn default() -> Self {
        Self { bars: 20 }
    }
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            min_level: AlertLevel::Info,
            cool_down: Duration::from_secs(30),
            dedupe_window: Duration::from_secs(300),
            history: 1_000,
            file: FileChannelSettings::default(),
            webhook: WebhookSettings::default(),
        }
    }
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { url: None, attempts: 4, base_delay: Duration::from_millis(500), timeout: Duration::from_secs(5) }
    }
}
