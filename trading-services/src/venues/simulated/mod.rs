//! The simulated venue: a seed becomes books, trades and their messages.

mod book;
mod exchange;
mod settings;
mod simulation;

pub use exchange::{SimulatedExchange, SimulatedStream};
pub use settings::Settings;
