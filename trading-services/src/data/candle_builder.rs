//! Candles built from trades.

use rust_decimal::Decimal;

use crate::model::{Candle, Price, Quantity, Timeframe, Timestamp};

/// Flat candles that one silence may give: almost two years of minutes. More means that a time is wrong.
const MAX_EMPTY: u64 = 1_000_000;

/// Builds the candles of one symbol and one timeframe.
///
/// A candle is closed by the first trade after it; timeframes without trades in between give flat candles.
///
/// ```
/// use trading_services::data::CandleBuilder;
/// use trading_services::model::Timeframe;
///
/// let mut builder = CandleBuilder::new(Timeframe::M1);
/// builder.push("2024-01-01T00:00:10Z".parse()?, "100".parse()?, "1".parse()?, false)?;
/// let closed = builder.push("2024-01-01T00:02:00Z".parse()?, "101".parse()?, "1".parse()?, false)?;
/// assert_eq!(closed.len(), 2, "the first minute, and a flat one");
/// assert!(closed[1].volume.is_zero());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CandleBuilder {
    timeframe: Timeframe,
    open: Option<Candle>,
}

/// Why a trade is in no candle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CandleError {
    /// Its candle is closed.
    #[error("expected a trade at or after {open}, found one at {time}")]
    Late {
        /// When the open candle began.
        open: Timestamp,
        /// When the trade was.
        time: Timestamp,
    },
    /// The silence before it is implausibly long.
    #[error("expected a trade at most {MAX_EMPTY} candles after {open}, found one at {time}")]
    Distant {
        /// When the open candle began.
        open: Timestamp,
        /// When the trade was.
        time: Timestamp,
    },
    /// The candle's volume does not fit.
    #[error("expected a candle's volume of at most {}", Decimal::MAX)]
    Volume,
}

impl CandleBuilder {
    /// A builder that has seen nothing.
    pub fn new(timeframe: Timeframe) -> Self {
        Self { timeframe, open: None }
    }

    /// Its timeframe.
    pub fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// Whether a trade of that time and quantity has a place in a candle.
    ///
    /// # Errors
    /// [`CandleError`].
    pub fn check(&self, time: Timestamp, quantity: Quantity) -> Result<(), CandleError> {
        let Some(candle) = &self.open else { return Ok(()) };
        let (open_time, open) = (self.timeframe.open_of(time), candle.open_time);
        if open_time < open {
            return Err(CandleError::Late { open, time });
        }
        if open_time == open {
            return candle.volume.checked_add(quantity).map(drop).ok_or(CandleError::Volume);
        }
        if open_time.since(open).as_secs() / self.timeframe.duration().as_secs() > MAX_EMPTY {
            return Err(CandleError::Distant { open, time });
        }
        Ok(())
    }

    /// Adds a trade and returns the candles that it closed, oldest first. A doubtful one is counted as such.
    ///
    /// # Errors
    /// [`CandleError`]; the trade then changed nothing.
    pub fn push(
        &mut self,
        time: Timestamp,
        price: Price,
        quantity: Quantity,
        doubtful: bool,
    ) -> Result<Vec<Candle>, CandleError> {
        self.check(time, quantity)?;
        let (open_time, mut closed) = (self.timeframe.open_of(time), Vec::new());
        if let Some(candle) = &mut self.open {
            if open_time == candle.open_time && candle.trades == 0 {
                // It was begun without a trade: its price is that of the candle before.
                candle.open = price;
                (candle.high, candle.low) = (price, price);
            }
            if open_time == candle.open_time {
                candle.volume = candle.volume.checked_add(quantity).ok_or(CandleError::Volume)?;
                candle.high = candle.high.max(price);
                candle.low = candle.low.min(price);
                candle.close = price;
                candle.trades += 1;
                candle.doubtful += u64::from(doubtful);
                return Ok(closed);
            }
            let close = candle.close;
            let mut next = candle.open_time.saturating_add(self.timeframe.duration());
            closed.push(candle.clone());
            while next < open_time {
                closed.push(Candle::flat(next, close));
                next = next.saturating_add(self.timeframe.duration());
            }
        }
        let first = Candle::flat(open_time, price);
        self.open = Some(Candle { volume: quantity, trades: 1, doubtful: u64::from(doubtful), ..first });
        Ok(closed)
    }

    /// Goes on with `part`, what is known of the candle that is open: its beginning, where trades have begun it already.
    ///
    /// # Errors
    /// [`CandleError::Volume`]; nothing has changed.
    pub(super) fn go_on(&mut self, part: &Candle) -> Result<(), CandleError> {
        let whole = match &self.open {
            Some(open) => part.followed_by(open).ok_or(CandleError::Volume)?,
            None => part.clone(),
        };
        self.open = Some(whole);
        Ok(())
    }

    /// The candle that is still open, complete or not.
    pub fn peek(&self) -> Option<&Candle> {
        self.open.as_ref()
    }

    /// The candle that is still open, complete or not; the builder begins anew.
    pub fn finish(&mut self) -> Option<Candle> {
        self.open.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(builder: &mut CandleBuilder, seconds: u64, price: &str) -> Result<Vec<Candle>, CandleError> {
        let time = Timestamp::from_nanos(seconds * 1_000_000_000);
        builder.push(time, price.parse().unwrap(), "2".parse().unwrap(), false)
    }

    #[test]
    fn a_candle_has_the_first_highest_lowest_and_last_price() {
        let mut builder = CandleBuilder::new(Timeframe::M1);
        for (second, price) in [(60, "5"), (61, "9"), (62, "3"), (119, "4")] {
            assert_eq!(push(&mut builder, second, price), Ok(Vec::new()));
        }
        let candle = builder.finish().unwrap();
        let prices = [candle.open, candle.high, candle.low, candle.close].map(|price| price.to_string());
        assert_eq!(prices, ["5", "9", "3", "4"]);
        assert_eq!((candle.volume.to_string(), candle.trades), ("8".to_owned(), 4));
    }

    #[test]
    fn a_late_trade_changes_nothing() {
        let mut builder = CandleBuilder::new(Timeframe::M1);
        push(&mut builder, 60, "5").unwrap();
        assert!(matches!(push(&mut builder, 59, "1"), Err(CandleError::Late { .. })));
        assert_eq!(builder.finish().unwrap().low.to_string(), "5");
    }

    #[test]
    fn one_trade_closes_at_most_so_many_candles_and_not_one_more() {
        let close = |minutes: u64| {
            let mut builder = CandleBuilder::new(Timeframe::M1);
            push(&mut builder, 0, "5").unwrap();
            push(&mut builder, minutes * 60 + 59, "5").map(|closed| closed.len() as u64)
        };
        assert_eq!(close(MAX_EMPTY), Ok(MAX_EMPTY));
        assert!(matches!(close(MAX_EMPTY + 1), Err(CandleError::Distant { .. })));
    }

    #[test]
    fn a_time_that_must_be_wrong_does_not_fill_the_memory() {
        let mut builder = CandleBuilder::new(Timeframe::M1);
        push(&mut builder, 60, "5").unwrap();
        assert!(matches!(push(&mut builder, 10_000_000_000, "5"), Err(CandleError::Distant { .. })));
    }
}
