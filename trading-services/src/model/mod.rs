//! Values that all services share: instruments, prices, times, books, trades, candles. Nothing here knows the framework.

mod book;
mod candle;
mod decimal;
mod derivative;
pub mod duration;
mod event;
mod instrument;
mod levels;
mod not_taken;
mod symbol;
mod ticker;
mod time;
mod timeframe;
mod trade;
mod venue;

pub use book::{BookDiff, BookSnapshot, BookTop, Level, SnapshotOrigin};
pub use candle::{Candle, CandleUpdate};
pub use decimal::{Price, Quantity, ValueError, canonical, read_decimal};
pub use derivative::{Funding, Liquidation, MarkPrice, OptionSummary, PositionSide};
pub use event::{EventKind, MarketEvent};
pub use instrument::{Instrument, InstrumentId, InstrumentIdError, InstrumentKind, InstrumentStatus};
pub use levels::Levels;
pub use not_taken::{NotTaken, Rejection};
pub use symbol::{Symbol, SymbolError};
pub use ticker::{BookTicker, Ticker};
pub use time::{Timestamp, TimestampError};
pub use timeframe::{Timeframe, TimeframeError};
pub use trade::{Side, Trade, TradeId};
pub use venue::{VenueId, VenueIdError};
