//! The record of a strategy in shadow: what would have come of its opinions.

use rust_decimal::Decimal;
use serde::Serialize;

/// What would have come of the opinions of a strategy while it was in shadow, in this run.
///
/// Each opinion opens at the first price of the next candle, unless the position is there, and closes one the other way; when the
/// strategy leaves the shadow, what is open is closed at the last price. There are no fees, and each position is worth the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ShadowRecord {
    /// How often it had an opinion.
    pub opinions: u64,
    /// Positions that it would have closed.
    pub closed: u64,
    /// How many of these would have gained.
    pub won: u64,
    /// The sum of what these would have gained, in percent of what was put in.
    pub gain_percent: Decimal,
    /// The same of those that are open, at the last prices.
    pub open_percent: Decimal,
}
