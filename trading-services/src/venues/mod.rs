//! Venues, the layers around them, and the manager that chooses between them.

pub mod binance;
pub mod bybit;
mod candle_body;
mod inspection;
pub mod layers;
pub mod live;
mod manager;
mod messages;
mod names;
mod parser;
mod pulse;
pub mod recording;
pub mod replay;
mod settings;
pub mod simulated;
mod wire;

pub use inspection::{Inspection, InspectionError};
pub use manager::ExchangeManager;
pub use messages::MessageReader;
use messages::is_about;
pub use parser::readable_venues;
pub use settings::Settings;
