//! Back-tests: the services of the platform on candles that are all there, and on recordings.

mod candles;
mod files;
mod jobs;
mod longer;
mod lookahead;
mod outcome;

pub use candles::{AtEnd, CandleTest};
pub use files::{write_equity, write_trades};
pub use jobs::BacktestJobs;
pub use lookahead::{LookAhead, look_ahead};
pub use outcome::{DAYS_OF_AN_EXCHANGE, MINUTES_OF_A_YEAR, Tested};
