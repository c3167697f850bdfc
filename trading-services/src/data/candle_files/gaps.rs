//! Candles that are missing between others.

use crate::model::{Candle, Timeframe, Timestamp};

/// A time without candles, between two that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandleGap {
    /// When the first missing candle would have begun.
    pub from: Timestamp,
    /// When the last one would have begun.
    pub to: Timestamp,
    /// How many are missing.
    pub missing: u64,
}

/// Every gap between candles of a timeframe, oldest first.
///
/// ```
/// use trading_services::data::gaps;
/// use trading_services::model::{Candle, Timeframe, Timestamp};
///
/// let minute = |minute: u64| Candle::flat(Timestamp::from_nanos(minute * 60_000_000_000), "1".parse().unwrap());
/// let found = gaps(&[minute(0), minute(1), minute(4)], Timeframe::M1);
/// assert_eq!((found.len(), found[0].missing), (1, 2));
/// assert_eq!((found[0].from, found[0].to), (minute(2).open_time, minute(3).open_time));
/// ```
pub fn gaps(candles: &[Candle], timeframe: Timeframe) -> Vec<CandleGap> {
    let length = timeframe.duration();
    let pairs = candles.iter().zip(candles.iter().skip(1));
    pairs
        .filter_map(|(last, next)| {
            let (from, until) = last.gap(next, length)?;
            let missing = until.since(from).as_nanos() / length.as_nanos();
            let missing = u64::try_from(missing).ok().filter(|missing| *missing > 0)?;
            Some(CandleGap { from, to: until.saturating_sub(length), missing })
        })
        .collect()
}
