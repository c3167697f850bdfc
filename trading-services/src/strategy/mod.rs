//! Strategies with opinions on closed candles, and the service that makes signals of them.

mod breakout;
mod confluence;
mod crossover;
mod mean_reversion;
mod momentum;
mod service;
mod settings;
mod shadow;
mod trend;

pub use breakout::Breakout;
pub use confluence::ConfluenceStrategy;
pub use crossover::Crossover;
pub use mean_reversion::MeanReversion;
pub use momentum::Momentum;
pub use service::SignalService;
pub use settings::{
    BreakoutSettings, ConfluenceSettings, CrossoverSettings, MeanReversionSettings, MomentumSettings, Settings,
    TrendSettings,
};
pub use trend::Trend;
