//! Books and candles, built from the messages of venues and from files of trades.

mod account;
mod book_side;
mod candle_builder;
mod candle_files;
mod candle_series;
#[cfg(test)]
mod candle_series_tests;
mod manager;
mod markets;
mod order_book;
#[cfg(test)]
mod order_book_tests;
mod settings;
mod silence;
mod symbol_market;
mod tape;
mod top_check;
mod trade_filter;
mod validation;
mod verdict;

pub use candle_builder::{CandleBuilder, CandleError};
pub use candle_files::{CandleFileError, CandleGap, CandleReport, build_candles, gaps, read_candles, write_candles};
pub use manager::MarketDataManager;
pub use markets::Markets;
pub use order_book::{DiffOutcome, OrderBook, SnapshotOutcome};
pub use settings::Settings;
pub use top_check::TopCheck;
