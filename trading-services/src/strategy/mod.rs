//! Strategies with opinions on closed candles, and the service that makes signals of them.

mod breakout;
mod crossover;
mod mean_reversion;
mod momentum;
mod service;
mod settings;

pub use breakout::Breakout;
pub use crossover::Crossover;
pub use mean_reversion::MeanReversion;
pub use momentum::Momentum;
pub use service::SignalService;
pub use settings::{BreakoutSettings, CrossoverSettings, MeanReversionSettings, MomentumSettings, Settings};
