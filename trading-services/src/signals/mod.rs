//! When to buy or sell: strategies with opinions, and the service that makes signals of them.

mod breakout;
mod crossover;
mod manager;
mod signal;

pub use breakout::Breakout;
pub use crossover::Crossover;
pub use manager::SignalService;
pub use signal::{Direction, Opinion, Reason, Signal, SignalStatistics};
