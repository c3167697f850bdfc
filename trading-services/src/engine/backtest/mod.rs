//! Back-tests: the services of the platform on candles that are all there, and on recordings.

mod candles;
mod files;
mod lookahead;

pub use candles::{AtEnd, CandleTest};
pub use files::{write_equity, write_trades};
pub use lookahead::{LookAhead, look_ahead};
