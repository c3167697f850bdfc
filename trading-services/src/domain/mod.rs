//! Which words does the platform speak: the values that all services share, without behaviour of any service.

mod book;
mod candle;
mod decimal;
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
