//! Strategies with opinions on closed candles, and the service that makes signals of them.

mod breakout;
mod crossover;
mod service;
mod settings;

pub use breakout::Breakout;
pub use crossover::Crossover;
pub use service::SignalService;
pub use settings::{BreakoutSettings, CrossoverSettings, Settings};
