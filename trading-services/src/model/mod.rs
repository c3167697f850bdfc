//! Values that all services share: instruments, prices, times, books, trades, candles. Nothing here knows the framework.

mod book;
mod candle;
mod decimal;
pub mod duration;
mod event;
mod symbol;
mod ticker;
mod time;
mod timeframe;
mod trade;

pub use book::{BookDiff, BookSnapshot, BookTop, Level};
pub use candle::Candle;
pub use decimal::{Price, Quantity, ValueError, canonical};
pub use event::{EventKind, MarketEvent};
pub use symbol::{Instrument, Symbol, SymbolError};
pub use ticker::BookTicker;
pub use time::{Timestamp, TimestampError};
pub use timeframe::{Timeframe, TimeframeError};
pub use trade::{Side, Trade};
