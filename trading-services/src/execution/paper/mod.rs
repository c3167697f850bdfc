//! A venue on paper: orders meet the market that others make, and do not move it.
//!
//! What it assumes is a list in `docs/trading.md`, each a test:
//!
//! - An order is at the venue `execution.latency` after it was submitted, and meets the first message after that.
//! - Market orders take the levels of the book, the best first. What the book does not have expires.
//! - A limit that does not trade at once waits behind all that the book shows at its price. Trades at the price shorten the
//!   queue, and then fill; a trade beyond the price fills it whole. Nothing waits longer than the book shows.
//! - Of a level an order takes no more than it shows, however many messages show it.
//! - What is taken out of a book pays the taker's fee; what a trade of others fills, the maker's.
//! - On candles, market orders trade at the next first price. A limit or stop within a candle trades at its own price, or at
//!   the first price where that is beyond it; stops come before limits.

mod fees;
mod resting;
mod take;
mod venue;

pub(super) use fees::Fees;
pub(super) use venue::PaperVenue;
