//! How do books and candles come from messages.

mod candle_builder;
mod error;
mod manager;
mod markets;
mod order_book;
mod silence;
mod symbol_market;
mod top_check;
mod validation;
mod venue_book;
mod view;

pub use candle_builder::{CandleBuilder, CandleError};
pub use error::MarketDataError;
pub use manager::MarketDataManager;
pub use order_book::{DiffOutcome, OrderBook, SnapshotOutcome};
pub use top_check::{TopCheck, TopMismatch};
pub use validation::ValidationError;
pub use venue_book::{BookReport, BookState, VenueBook};
pub use view::{Freshness, Gap, Ingested, MarketCounters, MarketView};
